"""The forms of scaling policies and scheduled actions as people fill them in."""

TRACKING = {"policy_name": "cpu", "metric": "cpu", "target_value": "60", "scale_in_cooldown": "60"}
STEPS = {
    "policy_name": "busy", "namespace": "Shop", "metric_name": "QueueLength", "statistic": "Average", "dimensions": "",
    "comparison": "GreaterThanThreshold", "threshold": "100", "period": "60", "evaluation_periods": "1",
    "adjustment_type": "ChangeInCapacity", "cooldown": "60",
    "steps-TOTAL_FORMS": 2, "steps-INITIAL_FORMS": 0, "steps-0-lower": "0", "steps-0-upper": "50",
    "steps-0-adjustment": "1", "steps-1-lower": "50", "steps-1-upper": "", "steps-1-adjustment": "3",
}  # fmt: skip
#: Once a year, and not near the beginning of simulated time: it doesn't run in the middle of a test.
MORNING = {
    "action_name": "morning", "schedule": "cron(0 8 1 JAN ? *)", "time_zone": "Europe/Berlin", "minimum": "4",
}  # fmt: skip
