"""Prepare the demo's database: tables, its AWS account, the user `demo`, some teams, and a sign-in link."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ecsdash.access import changes, rule_changes
from ecsdash.access.models import Grant, Team, User
from ecsdash.access.permissions import Role
from ecsdash.access.rule_values import RuleValues
from ecsdash.aws.arns import iam_arn
from ecsdash.aws.errors import AwsError
from ecsdash.demo import sign_in_links
from ecsdash.inventory.models import Account

ALIAS: Final = "demo"
SIMULATED_ACCOUNT: Final = "123456789012"
SECOND_ACCOUNT: Final = "210987654321"
REGIONS: Final = ["eu-central-1", "us-east-1"]
BY: Final = changes.By(None)
# team -> its role, the cluster and services it is granted, its members
TEAMS: Final = {
    "platform": (Role.OPERATOR, "*", "*", ("otto", "olga")),
    "storefront": (Role.DEPLOYER, "shop", "web*", ("dora", "dan")),
    "support": (Role.VIEWER, "*", "*", ("vera",)),
}
# kind of resource, name pattern, owning team
RULES: Final = (("task_definition", "web*", "storefront"), ("log_group", "/ecs/shop/web*", "storefront"))
NOTE: Final = "Created with the demo"


class Command(BaseCommand):
    help = "Prepare the database of the demo (used by bin/demo)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--link", type=Path, required=True, help="file that receives the path of the sign-in link")
        parser.add_argument("--migrate", action="store_true", help="bring the tables up to date first")
        parser.add_argument("--bare", action="store_true", help="no teams")
        parser.add_argument("--ask-account", action="store_true", help="ask the endpoint which AWS account it is")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("ECSDASH_DEMO_PASSWORD", "")
        if not password:
            raise CommandError("ECSDASH_DEMO_PASSWORD is not set. Set it to the password of the user demo.")
        if options["migrate"]:
            call_command("migrate", interactive=False, verbosity=0)
        user = administrator(password)
        aws_account(ask=options["ask_account"])
        if not options["bare"]:
            teams()
            if not options["ask_account"]:
                second_account()
        options["link"].touch(mode=0o600)
        options["link"].write_text(sign_in_links.link(user))


def administrator(password: str) -> User:
    user, _ = User.objects.get_or_create(username="demo", defaults={"is_superuser": True, "first_name": "Demo"})
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def aws_account(*, ask: bool) -> None:
    known = {"name": "Demo", "regions": REGIONS, "account_id": SIMULATED_ACCOUNT}
    account, _ = Account.objects.get_or_create(alias=ALIAS, defaults=known)
    if ask:
        account.account_id = endpoint_account(account)
        account.save(update_fields=["account_id"])


def second_account() -> None:
    """Add the second account of the simulated AWS, which is accessed by assuming a role."""
    role = iam_arn(REGIONS[0], SECOND_ACCOUNT, "role/ecsdash")
    roles = {"reader_role_arn": role, "writer_role_arn": role}
    values = {"name": "Staging", "account_id": SECOND_ACCOUNT, **roles, "regions": REGIONS[:1]}
    Account.objects.get_or_create(alias="staging", defaults={**values, "environment": Account.Environment.STAGING})


def endpoint_account(account: Account) -> str:
    """Return the account ID that STS reports; an endpoint without STS keeps the current one."""
    try:
        answer = account.reader(REGIONS[0]).call("sts.get_caller_identity")
    except AwsError as error:
        if error.retryable:
            raise CommandError(f"The AWS endpoint is not available ({error.code}). Check --aws-endpoint.") from error
        return account.account_id
    return str(answer.data["Account"])


def teams() -> None:
    """Create the teams of the demo, unless teams exist."""
    if Team.objects.exists():
        return
    account = Account.objects.get(alias=ALIAS)
    for name, (role, cluster, service, members) in TEAMS.items():
        team = changes.create_team(BY, name)
        scope = {"account": account, "cluster": cluster, "service": service}
        changes.add_grant(BY, Grant(team=team, role=role, note=NOTE, **scope))
        for member in members:
            user, _ = changes.create_user(BY, member)
            User.objects.filter(pk=user.pk).update(must_change_password=False)  # they sign in by links
            changes.add_member(BY, team, user)
    for kind, pattern, owner in RULES:
        rule_changes.add_rule(BY, RuleValues(ALIAS, kind, pattern, "", "", owner, NOTE))
