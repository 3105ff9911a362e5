"""Answering polls for next to nothing: what has not changed, and what was already rendered for somebody like you.

`lane` stands before Django and answers who holds a pass (`passes`) as long as the counters (`counters`) say so, or from
the `shelf`. A counter's row in the database is the truth; new values come through Redis after the commit (`news`,
`listener`) and are read from the database every few seconds besides. Without Redis or the database nothing is trusted,
and Django answers everything. A pass is given only if its counters were known here before the request began: a view may
read rows and counters in any order, and still nothing old is kept under a new number.
"""
