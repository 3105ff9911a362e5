"""ECS's events: EventBridge -> SQS -> inventory. A process of its own reads one queue per account and region."""
