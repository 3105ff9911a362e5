"""Answer polls of live fragments cheaply: what has not changed, and what was rendered for the same grants already.

`middleware` stands before Django. It answers polls that carry a valid ticket (`tickets`) while the change counters
(`counters`) have not moved, or with a fragment that Django rendered for another viewer with the same grants. The row of
a counter in the database is the truth; new values arrive through Redis after the commit (`pubsub`, `listener`), and the
database is read every few seconds besides. Without Redis or the database no counter is trusted, and Django answers all
polls. A ticket is issued only if its counters were known here before the request began: a view may read rows and
counters in any order, and still nothing old is kept under a new number.
"""
