from ecsdash.inventory.accounts.permissions import PolicyLevel, declare

declare("Account settings", PolicyLevel.READ, "ecs.list_account_settings")
