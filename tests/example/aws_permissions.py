from ecsdash.inventory.accounts.permissions import Tier, need

need("Account settings", Tier.READ, "ecs.list_account_settings")
