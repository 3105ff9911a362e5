"""Another AWS account of the same company: a role leads into it, and one small cluster runs there."""

from ecsdash.sandbox.estate import foundation, shop
from ecsdash.sandbox.estate.clients import Clients
from ecsdash.sandbox.estate.foundation import ACCOUNT as HOME_ACCOUNT

ACCOUNT = "210987654321"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsdash"


def build(home: Clients) -> None:
    staging = home.assuming(ROLE)
    trust = foundation.trust_of_account(HOME_ACCOUNT)
    staging["iam"].create_role(RoleName="ecsdash", AssumeRolePolicyDocument=trust)
    foundation.build_account(staging)
    shop.build_staging(staging, foundation.build_region(staging))
