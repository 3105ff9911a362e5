"""Groups of the sign-in provider: which teams they stand for, and memberships that follow them."""

from django.db import transaction

from ecsdash.access import delegation
from ecsdash.access.changes import By, Refused, change
from ecsdash.access.models import GroupMapping, Membership, Team, User


@transaction.atomic
def add_mapping(by: By, mapping: GroupMapping) -> GroupMapping:
    """Raise Refused when the team's grants go beyond those of the user who adds the mapping."""
    if by.user and (objection := delegation.membership_objection(by.user, mapping.team)):
        raise Refused(objection)
    mapping.save()
    by.announce("add_group_mapping", mapping, change("groups", None, str(mapping)))
    return mapping


@transaction.atomic
def delete_mapping(by: By, mapping: GroupMapping) -> None:
    """Delete the mapping, and the memberships that followed it."""
    followed = Membership.objects.filter(team=mapping.team, by_group=mapping.group).select_related("user", "team")
    by.announce("delete_group_mapping", mapping, change("groups", str(mapping), None))
    for membership in followed:
        _leave(by, membership)
    mapping.delete()


@transaction.atomic
def follow(by: By, user: User, groups: set[str]) -> None:
    """Make the memberships of the user those of these groups. Memberships that were given by hand stay as they are."""
    wanted = _wanted(groups)
    held = {each.team: each for each in user.memberships.select_related("team", "user")}
    for team, membership in held.items():
        if membership.by_group and team not in wanted:
            _leave(by, membership)
    for team, mapping in wanted.items():
        if team not in held:
            _join(by, user, mapping)
        elif held[team].by_group:
            _adjust(by, held[team], mapping)


def _wanted(groups: set[str]) -> dict[Team, GroupMapping]:
    """Return the mapping that decides for each team: of several, one that makes managers."""
    mappings = GroupMapping.objects.filter(group__in=groups).select_related("team").order_by("is_manager", "group")
    return {mapping.team: mapping for mapping in mappings}


def _join(by: By, user: User, mapping: GroupMapping) -> None:
    Membership.objects.create(user=user, team=mapping.team, by_group=mapping.group, is_manager=mapping.is_manager)
    by.announce("join_by_group", mapping.team, change("members", None, f"{user} ({mapping.group})"))


def _leave(by: By, membership: Membership) -> None:
    by.announce(
        "leave_by_group", membership.team, change("members", f"{membership.user} ({membership.by_group})", None)
    )
    membership.delete()


def _adjust(by: By, membership: Membership, mapping: GroupMapping) -> None:
    if (membership.by_group, membership.is_manager) == (mapping.group, mapping.is_manager):
        return
    before = (membership.by_group, membership.is_manager)
    membership.by_group, membership.is_manager = mapping.group, mapping.is_manager
    membership.save(update_fields=["by_group", "is_manager"])
    by.announce(
        "join_by_group", mapping.team, change("members", f"{membership.user} ({before[0]})",
                                              f"{membership.user} ({mapping.group})"),
    )  # fmt: skip
