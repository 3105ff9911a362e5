"""Changes of ownership rules. Each is audited in its own transaction, as changes of users, teams and grants are."""

from django.db import transaction

from ecsdash.access.changes import By, change
from ecsdash.access.models import OwnershipRule
from ecsdash.access.rule_files import Comparison
from ecsdash.access.rule_values import KnownNames, RuleValues

PATH = "ownership rule"


@transaction.atomic
def add_rule(by: By, values: RuleValues) -> OwnershipRule:
    rule = KnownNames.read().write(values, OwnershipRule(created_by=by.user))
    rule.save()
    by.announce("add_ownership_rule", rule, change(PATH, None, str(values)))
    return rule


@transaction.atomic
def edit_rule(by: By, rule: OwnershipRule, values: RuleValues) -> None:
    before = RuleValues.of(rule)
    if before == values:
        return
    KnownNames.read().write(values, rule).save()
    differing = [change(name.replace("_", " "), *pair) for name, *pair in before.differences(values)]
    by.announce("edit_ownership_rule", rule, *differing)


@transaction.atomic
def delete_rule(by: By, rule: OwnershipRule) -> None:
    by.announce("delete_ownership_rule", rule, change(PATH, str(RuleValues.of(rule)), None))
    rule.delete()


@transaction.atomic
def import_rules(by: By, comparison: Comparison) -> None:
    """Apply all of a comparison, or nothing. The audit trail gets one event that lists every rule."""
    known = KnownNames.read()
    OwnershipRule.objects.filter(pk__in=[rule.pk for rule in comparison.removed]).delete()
    for each in comparison.changed:
        known.write(each.after, each.rule).save()
    OwnershipRule.objects.bulk_create(
        known.write(values, OwnershipRule(created_by=by.user)) for values in comparison.added
    )
    by.announce_about(
        "import_ownership_rules",
        OwnershipRule,
        f"{comparison.number} ownership rule{'s' if comparison.number > 1 else ''}",
        *(change(PATH, None, str(values)) for values in comparison.added),
        *(change(PATH, _with_note(each.before), _with_note(each.after)) for each in comparison.changed),
        *(change(PATH, str(RuleValues.of(rule)), None) for rule in comparison.removed),
    )


def _with_note(values: RuleValues) -> str:
    return f"{values} ({values.note})" if values.note else str(values)
