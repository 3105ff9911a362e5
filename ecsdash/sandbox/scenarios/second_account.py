"""A second AWS account with a role for cross-account access and one small cluster."""

from ecsdash.sandbox.scenarios import base_resources, shop
from ecsdash.sandbox.scenarios.base_resources import ACCOUNT as HOME_ACCOUNT
from ecsdash.sandbox.scenarios.clients import Clients

ACCOUNT = "210987654321"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsdash"


def build(home: Clients) -> None:
    staging = home.of_account(ACCOUNT)
    trust = base_resources.trust_of_account(HOME_ACCOUNT)
    staging["iam"].create_role(RoleName="ecsdash", AssumeRolePolicyDocument=trust)
    base_resources.build_account(staging)
    shop.build_staging(staging, base_resources.build_region(staging))
