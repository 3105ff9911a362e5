"""The parameters of calls as CloudTrail records them."""

from ecsdash.sandbox.http.request_parameters import recorded

ELB = "elasticloadbalancing.amazonaws.com"


def test_the_fields_of_a_form_are_nested_typed_and_begin_with_a_small_letter() -> None:
    fields = {
        "ListenerArn": "arn:listener",
        "Port": "8080",
        "DefaultActions.member.1.Type": "forward",
        "DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn": "arn:group",
        "DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.Weight": "3",
        "DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled": "false",
    }
    config = {
        "targetGroups": [{"targetGroupArn": "arn:group", "weight": 3}],
        "targetGroupStickinessConfig": {"enabled": False},
    }
    assert recorded(ELB, "ModifyListener", fields) == {
        "listenerArn": "arn:listener",
        "port": 8080,
        "defaultActions": [{"type": "forward", "forwardConfig": config}],
    }


def test_lists_keep_their_order_beyond_nine_entries() -> None:
    fields = {f"Subnets.member.{number}": f"subnet-{number}" for number in range(1, 12)}
    assert recorded(ELB, "SetSubnets", fields)["subnets"] == [f"subnet-{number}" for number in range(1, 12)]


def test_json_of_application_auto_scaling_begins_with_small_letters_and_that_of_ecs_stays() -> None:
    limits = {"ResourceId": "service/shop/web", "MinCapacity": 1}
    found = recorded("application-autoscaling.amazonaws.com", "RegisterScalableTarget", limits)
    assert found == {"resourceId": "service/shop/web", "minCapacity": 1}
    assert recorded("ecs.amazonaws.com", "UpdateService", {"desiredCount": 2}) == {"desiredCount": 2}
