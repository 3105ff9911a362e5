"""One row of everything in the account of tests/cast.py, for the URL matrix.

`build` returns the values by name: a route's keyword takes the value of the same name unless its line says otherwise.
"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from clusters.models import AccountSetting as EcsSetting
from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from ecsdash.access.models import GroupMapping, OwnershipRule, Team, User
from ecsdash.audit.record import record
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.models import Account, EventFeed
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Plan
from services.models import LoadBalancer, Namespace, Service, ServiceDeployment, Task, TaskDefinition
from tests.access.factors import add_app, add_passkey, add_recovery_codes
from tests.example.models import AccountSetting
from tests.users import ACCOUNT, CLUSTER, FOREIGN_SERVICE, REGION, SERVICE, Users, make_account

CONTAINER = {"name": "web", "image": "shop/web:1", "environment": [{"name": "STAGE", "value": "test"}]}


def build(users: Users) -> dict[str, Any]:
    account = make_account(ACCOUNT, name="Demo", account_id="123456789012", regions=[REGION])
    make_account("elsewhere", name="Elsewhere", account_id="210987654321", regions=[REGION])
    return {**_inventory(account), **_operations(account, users), **_events(users), **_people(users)}


def _people(users: Users) -> dict[str, Any]:
    shop = Team.objects.get(name="shop")
    User.objects.filter(pk=users.admin.pk).update(may_break_glass=True)
    SocialAccount.objects.create(user=users.admin, provider="sso", uid="admin")
    add_app(users.admin)
    add_recovery_codes(users.admin)
    return {
        "team": shop.pk,
        "mapping": GroupMapping.objects.create(group="shop-people", team=shop).pk,
        "passkey": add_passkey(users.admin).pk,
        "member": users.viewer.pk,
        "grant": users.viewer.grants.get().pk,
        "rule": OwnershipRule.objects.create(kind="role", pattern="shop-*", team=Team.objects.get(name="shop")).pk,
    }


def _events(users: Users) -> dict[str, Any]:
    def event(account: str, service: str = "") -> int:
        place: dict[str, Any] = {"region": REGION, "cluster": CLUSTER} if account else {}
        return record(actor=users.admin, action="deploy", account=account, service=service, **place).seq

    return {
        "event_of_own_service": event(ACCOUNT, SERVICE),
        "event_of_foreign_service": event(ACCOUNT, FOREIGN_SERVICE),
        "event_of_a_grant": event(""),
    }


def _inventory(account: Account) -> dict[str, Any]:
    for name in (CLUSTER, "bank"):
        _resource(Cluster, account, name, status="ACTIVE")
    _resource(ContainerInstance, account, "i-0abc", cluster_name=CLUSTER, container_instance_id="c1", status="ACTIVE")
    _resource(CapacityProvider, account, "cp-shop", status="ACTIVE")
    _resource(AutoScalingGroup, account, "asg-shop")
    _resource(EcsSetting, account, "containerInsights", value="disabled")
    _resource(EventFeed, account, "ecsdash-events", connected=True)
    _resource(AccountSetting, account, "containerInsights", value="disabled")
    _resource(Namespace, account, "shop", namespace_id="ns-shop", kind="HTTP")
    _resource(LoadBalancer, account, "shop-public", state="active")
    for name in (SERVICE, FOREIGN_SERVICE):
        _resource(
            Service, account, name, cluster_name=CLUSTER, status="ACTIVE", desired_count=1,
            description={"serviceName": name, "status": "ACTIVE", "desiredCount": 1, "deployments": []},
        )  # fmt: skip
        _resource(
            Task, account, f"task-of-{name}", cluster_name=CLUSTER, service_name=name, family=name, revision=1,
            last_status="RUNNING", desired_status="RUNNING",
            description={"overrides": {"containerOverrides": [CONTAINER]}},
        )  # fmt: skip
        _resource(
            ServiceDeployment, account, f"deployment-of-{name}", cluster_name=CLUSTER, service_name=name,
            status="SUCCESSFUL",
        )  # fmt: skip
        _resource(
            ExternalChange, account, f"change-of-{name}", cluster_name=CLUSTER, service_name=name, state="open",
            call="ecs.update_service", happened_at=timezone.now(), source="CloudTrail", person="anna", audit_seq=1,
        )  # fmt: skip
        for revision in (1, 2):
            _resource(
                TaskDefinition, account, f"{name}:{revision}", family=name, revision=revision, status="ACTIVE",
                description={"family": name, "containerDefinitions": [CONTAINER]},
            )  # fmt: skip
    return {
        "account": ACCOUNT,
        "region": REGION,
        "cluster": CLUSTER,
        "service": SERVICE,
        "instance": "i-0abc",
        "setting": "containerInsights",
        "capacity_provider": "cp-shop",
        "group": "asg-shop",
        "deployment": f"deployment-of-{SERVICE}",
        "task": f"task-of-{SERVICE}",
        "change": f"change-of-{SERVICE}",
        "family": SERVICE,
        "revision": 1,
        "namespace": "ns-shop",
        "load_balancer": "shop-public",
    }


def _resource(model: Any, account: Account, name: str, **columns: Any) -> None:
    arn = f"arn:aws:ecs:{REGION}:{account.account_id}:{model.NOUN}/{CLUSTER}/{name}"
    model.objects.create(account=account, region=REGION, arn=arn, name=name, observed_at=timezone.now(), **columns)


def _operations(account: Account, users: Users) -> dict[str, Any]:
    """Create completed operations of an action for operators, and a draft of the administrator."""

    def planned(model: Any, service: str, **columns: Any) -> Any:
        plan = Plan(summary="Does nothing", resource_key=f"arn:{service}", resource_name=service, steps=())
        return model.objects.create(
            user=users.admin, action=_an_operators_action(), account=account, region=REGION, cluster=CLUSTER,
            service=service, resource_key=plan.resource_key, resource_name=service, plan_data=plan.to_json(),
            url_kwargs={"account": ACCOUNT, "region": REGION}, **columns,
        ).pk  # fmt: skip

    return {
        "operation": planned(Operation, SERVICE, state="failed"),
        "foreign_operation": planned(Operation, FOREIGN_SERVICE, state="succeeded"),
        "draft": planned(Draft, SERVICE),
    }


def _an_operators_action() -> str:
    """Create an operation without an existing resource."""
    actions = (name for name, each in ACTIONS.items() if each.permission == "operate" and each.resource_type is None)
    return next(actions, "create_cluster")
