from ecsdash.inventory.accounts.permissions import PolicyLevel, declare

declare("Changes made outside the dashboard", PolicyLevel.READ, "cloudtrail.lookup_events")
