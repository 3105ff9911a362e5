"""Stable codes of audit events. docs/audit.md documents each of them; a test compares the page with this registry.

A code never changes its meaning. When the fields of an event change in a way that readers must know, its version rises.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Code:
    name: str
    version: int
    meaning: str


CODES: Final[dict[str, Code]] = {}
_BY_ACTION: Final[dict[str, Code]] = {}


def register(name: str, meaning: str, *actions: str, version: int = 1) -> Code:
    """Add a code, and the values of `action` that have it. Higher packages register the codes of their own events."""
    code = CODES[name] = Code(name, version, meaning)
    _BY_ACTION.update(dict.fromkeys(actions, code))
    return code


def code_of(action: str, phase: str, *, of_operation: bool) -> Code:
    """Return the code of an event. `of_operation`: it belongs to an operation, whose action may be any Action."""
    if code := _BY_ACTION.get(action):
        return code
    if not of_operation:
        return OTHER
    if phase == "outcome":
        return ENDED
    _, _, decision = action.rpartition(".")
    return {"cancel": CANCEL, "retry": RETRY}.get(decision, CONFIRMED)


def is_registered(action: str) -> bool:
    return action in _BY_ACTION


CONFIRMED = register("operation.confirmed", "A plan was confirmed; its AWS calls follow. `action` names the change.")
CANCEL = register("operation.cancel_requested", "Somebody asked to stop an operation before its next AWS call.")
RETRY = register("operation.retried", "An operation that ended badly was continued from its failed step.")
ENDED = register("operation.ended", "An operation ended. `outcome` and `request_ids` say how, `detail.error` why.")

register("user.sign_in", "A sign-in succeeded or failed (`outcome`).", "sign_in")
register("user.sign_in_locked", "A sign-in was refused: too many failed ones before it.", "sign_in_locked")
register("user.sign_in_by_link", "A one-time link of the demo signed a user in.", "sign_in_by_link")
register("user.sign_out", "A user signed out.", "sign_out")
register("user.password_changed", "A user changed the own password.", "change_password")
register("user.password_reset", "An administrator generated a new password for a user.", "reset_password")
register("user.mfa_added", "A user added a second factor; `detail.type` says which.", "add_authenticator")
register("user.mfa_removed", "A second factor of a user was removed.", "remove_authenticator")
register("user.mfa_reset", "A second factor was replaced, such as new recovery codes.", "reset_authenticator")
register("user.created", "An administrator created a user.", "create_user")
register("user.activated", "A user may sign in again.", "activate_user")
register("user.deactivated", "A user may no longer sign in.", "deactivate_user")

register("user.unlocked", "An administrator allowed sign-ins again after too many failed ones.", "unlock_user")
register("user.second_factors_removed", "An administrator removed all second factors of a user.", "reset_second_factor")
register("user.sessions_ended", "Sessions of a user were ended.", "end_sessions")
register("user.provider_allowed", "The next single sign-on under this username becomes this user.", "allow_provider")
register("user.provider_linked", "A user signs in with the provider from now on.", "link_provider")
register("user.break_glass_allowed", "Whether a user may take administrator rights changed.", "allow_break_glass")
register("user.break_glass_taken", "A user took administrator rights; `reason` says why.", "take_break_glass")
register("user.break_glass_ended", "A user gave administrator rights back before their end.", "end_break_glass")
register("sign_in.policy", "Who must have a second factor changed.", "set_sign_in_policy")
register("sign_in.group_mapped", "A group of the sign-in provider stands for a team.", "add_group_mapping")
register("sign_in.group_unmapped", "A group no longer stands for a team.", "delete_group_mapping")

register("team.created", "A team was created.", "create_team")
register("team.deleted", "A team was deleted, with its members and grants.", "delete_team")
register("team.member_added", "A user became a member of a team.", "add_member")
register("team.member_removed", "A user is no longer a member of a team.", "remove_member")
register("team.manager_set", "A member became a manager of a team, or no longer is one.", "set_manager")
register("team.joined_by_group", "A user joined a team, or changed in it, by a group of the provider.", "join_by_group")
register("team.left_by_group", "A user left a team by a group of the provider.", "leave_by_group")
register("grant.added", "A team or user was granted a role on a scope.", "add_grant")
register("grant.revoked", "A role was taken from a team or user.", "revoke_grant")

register("ownership_rule.added", "A rule gave resources to a team, or shared them.", "add_ownership_rule")
register("ownership_rule.edited", "An ownership rule changed; `changes` says how.", "edit_ownership_rule")
register("ownership_rule.deleted", "An ownership rule was deleted.", "delete_ownership_rule")
register("ownership_rule.imported", "Ownership rules were imported from CSV.", "import_ownership_rules")
register("problem.seen", "A failure was marked as seen: it no longer needs attention.", "mark_problem_seen")
register("value.revealed", "A hidden value, or those of one container, was shown to a user.", "reveal_value")
register("account.added", "An AWS account was added.", "add_account")
register("account.edited", "The settings of an AWS account changed; `changes` says which.", "edit_account")
register("account.removed", "An AWS account was removed with its inventory.", "remove_account")
register("account.tested", "A connection test of an AWS account was started.", "test_account")

register("refusal.forbidden", "A write was refused with 403: the user may see the place but not do this.", "forbidden")
register("refusal.not_found", "A write was refused with 404: it does not exist for this user.", "not_found")
register("refusal.csrf", "A write was refused: it did not come from a page of this dashboard.", "csrf_failure")
register("refusal.rate_limited", "A request was refused with 429: too many in a short time.", "rate_limited")
register("refusal.confirm", "A plan was not started; `reason` says why.", "refuse_confirm")

register("audit.exported", "Audit events were exported; `detail` holds the format and the filter.", "export_audit")
register("audit.evidence", "An evidence pack was created; `detail` holds its range and filter.", "create_evidence")
register("list.exported", "A list was exported as CSV; `detail` holds its name and filter.", "export_list")

register("command.run", "A management command that changes something was run; `detail.command` says which.", "command")
register("database.migrated", "Migrations were applied; `detail.migrations` names them.", "migrate")

OTHER = register("other", "An action without a code of its own; `action` names it.")
