"""Causes for which a task does not start (ECS developer guide, "Stopped task error messages"), specific ones first."""

from services.verdicts.image_causes import IMAGE_CAUSES, ROUTE
from services.verdicts.runtime_causes import PROGRAM_CAUSES, RUNTIME_CAUSES
from services.verdicts.verdict import Cause

INIT = "ResourceInitializationError"
DENIED = r"(?:AccessDenied|not authorized)"
UNREACHABLE = r"(?:i/o timeout|context deadline|connection issue|dial tcp|request canceled|RequestCanceled|timed out)"

SECRET_CAUSES = (
    Cause(
        "secret_key_missing",
        rf"{INIT}.*did not contain json key (\S{{1,200}})",
        "The secret has no JSON key {0}.",
        "The task definition names one key of the secret, and the secret's current value has no such key.",
        "Add the key to the secret in Secrets Manager, or correct the key in a new revision. Keys are case-sensitive.",
    ),
    Cause(
        "secret_not_json",
        rf"{INIT}.*(?:secret from asm|secrets manager).*(?:invalid character|unmarshal|unexpected end of JSON)",
        "The secret is not JSON, but the task definition asks for one of its keys.",
        "A key can only be read from a secret whose value is a JSON object.",
        "Store the secret as a JSON object, or name the secret without a key in a new revision.",
    ),
    Cause(
        "secret_kms_denied",
        rf"{INIT}.*{DENIED}.*kms:Decrypt|{INIT}.*kms:Decrypt.*{DENIED}|{INIT}.*Access to KMS is not allowed",
        "A secret could not be decrypted: access to its KMS key was denied.",
        "The task execution role may not use the KMS key that encrypts the secret or parameter.",
        "Allow the execution role kms:Decrypt on the key, in its policy and in the key's policy.",
    ),
    Cause(
        "parameter_access_denied",
        rf"{INIT}.*(?:ssm:GetParameters?.*{DENIED}|{DENIED}.*ssm:GetParameters?)",
        "An SSM parameter could not be read: access was denied.",
        "The task execution role may not read the parameter.",
        "Allow the execution role ssm:GetParameters on the ARN of the parameter.",
    ),
    Cause(
        "secret_access_denied",
        rf"{INIT}.*(?:secret from asm|secretsmanager|secrets manager).*{DENIED}",
        "A secret could not be read: access was denied.",
        "The task execution role may not read the secret, or may not decrypt it with its KMS key.",
        "Allow the execution role secretsmanager:GetSecretValue on the secret's ARN, and kms:Decrypt on its key.",
    ),
    Cause(
        "secret_missing",
        rf"{INIT}.*(?:fetch secret (\S{{1,300}}).*can't find|secret from asm.*ResourceNotFound)",
        "A secret that a container needs does not exist. {0}",
        "It was deleted, lives in another region, or its ARN is misspelled in the task definition.",
        "Create the secret, or register a revision with the correct name.",
    ),
    Cause(
        "parameter_missing",
        rf"{INIT}.*(?:secret from ssm|ssm).*invalid parameters: (\S{{1,300}})",
        "The SSM parameter {0} does not exist.",
        "It was deleted, lives in another region, or its name is misspelled in the task definition.",
        "Create the parameter, or register a revision with the correct name.",
    ),
    Cause(
        "registry_sign_in_denied",
        rf"{INIT}.*(?:ecr:GetAuthorizationToken.*{DENIED}|{DENIED}.*ecr:GetAuthorizationToken)",
        "The task could not sign in to Amazon ECR: access was denied.",
        "The task execution role may not call ecr:GetAuthorizationToken.",
        "Attach AmazonECSTaskExecutionRolePolicy to the execution role.",
    ),
)
LOG_CAUSES = (
    Cause(
        "log_group_missing",
        rf"{INIT}.*log group does not exist\.?(?: Log group: (\S{{1,512}}))?",
        "The log group does not exist. {0}",
        "The awslogs driver writes to a log group that was not created.",
        "Create the log group, or set awslogs-create-group to true and allow the execution role to create it.",
    ),
    Cause(
        "log_access_denied",
        rf"{INIT}.*(?:logs:Create\w{{1,30}}.*{DENIED}|{DENIED}.*logs:Create\w{{1,30}})",
        "The log could not be opened: access was denied.",
        "The task execution role may not create the log stream, or the log group.",
        "Allow the execution role logs:CreateLogStream and logs:PutLogEvents (and logs:CreateLogGroup if it creates "
        "the group).",
    ),
    Cause(
        "log_unreachable",
        rf"{INIT}.*(?:log stream|Cloudwatch log|CloudWatch Logs).*{UNREACHABLE}",
        "The log could not be opened: CloudWatch Logs could not be reached.",
        "The task's subnet has no route to CloudWatch Logs.",
        ROUTE,
    ),
)
VOLUME_CAUSES = (
    Cause(
        "environment_file_denied",
        rf"{INIT}.*env(?:ironment)? files?.*(?:AccessDenied|Forbidden|403)",
        "An environment file could not be read from Amazon S3: access was denied.",
        "The task execution role may not read the object.",
        "Allow the execution role s3:GetObject on the file and s3:GetBucketLocation on its bucket.",
    ),
    Cause(
        "environment_file_missing",
        rf"{INIT}.*env(?:ironment)? files?.*(?:NoSuchKey|NoSuchBucket|Not ?Found|404)",
        "An environment file does not exist in Amazon S3.",
        "The object or its bucket was deleted, or the ARN is misspelled in the task definition.",
        "Upload the file, or correct its ARN in a new revision.",
    ),
    Cause(
        "efs_unknown_name",
        rf"{INIT}.*(?:Failed to resolve|could not be resolved).*?(fs-\w{{1,20}})",
        "The EFS file system {0} could not be found by its name.",
        "It has no mount target in the Availability Zone of the task, or DNS is off in the VPC.",
        "Create a mount target in each zone of the service's subnets, and turn DNS host names on in the VPC.",
    ),
    Cause(
        "efs_access_denied",
        rf"{INIT}.*(?:EFS|mount\.nfs|elasticfilesystem).*(?:access denied|{DENIED})",
        "An EFS volume could not be mounted: access was denied.",
        "The file system's policy, or the task role with IAM authorization, does not allow the mount.",
        "Allow elasticfilesystem:ClientMount (and ClientWrite) to the task role, or correct the access point.",
    ),
    Cause(
        "efs_unreachable",
        rf"{INIT}.*(?:EFS|mount\.nfs).*(?:{UNREACHABLE}|Connection reset)",
        "An EFS volume could not be mounted: the file system could not be reached.",
        "The security group of the mount target does not allow NFS from the task.",
        "Allow TCP port 2049 from the task's security group in the security group of the mount target.",
    ),
    Cause(
        "efs_other",
        rf"{INIT}.*(?:EFS|mount|nfs)",
        "A volume could not be mounted.",
        "The EFS file system has no mount target in the task's zone, or its security group does not allow NFS.",
        "Add a mount target in each zone used, and allow port 2049 from the task's security group.",
    ),
    Cause(
        "ebs_access_denied",
        rf"(?:EBS|volume).*{DENIED}|{DENIED}.*ec2:(?:CreateVolume|AttachVolume)",
        "The Amazon EBS volume of the task could not be created: access was denied.",
        "The infrastructure role of the service may not create or attach volumes.",
        "Attach AmazonECSInfrastructureRolePolicyForVolumes to the infrastructure role.",
    ),
    Cause(
        "ebs_timeout",
        r"(?:EBS|Timeout waiting).*(?:volume|ATTACHED).*(?:ATTACHED|timed? ?out|timeout)",
        "The Amazon EBS volume of the task was not attached in time.",
        "AWS could not create or attach the volume.",
        "Check the volume settings, their snapshot and the EBS quotas; ECS tries again in a service.",
    ),
)
NETWORK_CAUSES = (
    Cause(
        "subnet_full",
        r"InsufficientFreeAddresses|(?:not|enough|insufficient|no).{0,20} (?:free )?addresses",
        "The subnet has no free IP address.",
        "Each task of the network mode awsvpc takes one address of its subnet.",
        "Add larger subnets to the service's network configuration, or stop unneeded tasks.",
    ),
    Cause(
        "security_group_missing",
        r"InvalidGroup\.NotFound|security group '?(sg-\w{1,20})?'? does not exist",
        "A security group of the task does not exist. {0}",
        "It was deleted after the service was created.",
        "Choose other security groups in the service's network configuration.",
    ),
    Cause(
        "subnet_missing",
        r"InvalidSubnetID\.NotFound|subnet (?:ID )?'?(subnet-\w{1,20})?'? does not exist",
        "A subnet of the task does not exist. {0}",
        "It was deleted after the service was created.",
        "Choose other subnets in the service's network configuration.",
    ),
    Cause(
        "interface_quota",
        r"NetworkInterfaceLimitExceeded|maximum number of network interfaces",
        "The quota of network interfaces in the region is reached.",
        "Each task of the network mode awsvpc takes one network interface.",
        "Stop unneeded tasks, or request a higher quota in Service Quotas.",
    ),
    Cause(
        "interface_timeout",
        r"Timeout waiting for network interface|failed to (?:configure|setup).{0,20} ENI|ENI attach.{0,40}time|"
        r"eni .{0,60}(?:context deadline|timed out)",
        "The network interface of the task was not ready in time.",
        "AWS did not create or attach the interface in time: this is rare and not caused by the task itself.",
        "A service starts a replacement automatically. If it repeats, check the AWS Health Dashboard and the network "
        "interfaces in use on the container instance.",
    ),
    Cause(
        "interface_other",
        r"Unexpected EC2 error while attempting to (?:Create|attach) Network Interface",
        "The network interface of the task could not be created.",
        "Amazon EC2 refused it. The message from AWS says why.",
        "Check the subnets and security groups of the network configuration.",
    ),
)
OTHER_CAUSES = (
    Cause(
        "role_not_assumable",
        r"unable to assume the role ['\"]?(\S{1,300}?)['\"]?\.?(?:\s|$)|assume.?role",
        "ECS could not assume the role {0}.",
        "The role does not exist, or its trust policy does not name ecs-tasks.amazonaws.com.",
        "Create the role or correct its trust policy, or register a revision with another role.",
    ),
    Cause(
        "init_registry_unreachable",
        rf"{INIT}.*registry auth.*{UNREACHABLE}",
        "The task could not reach the AWS services that it requires to start.",
        "Its subnet has no route to Amazon ECR, Secrets Manager or SSM.",
        f"{ROUTE} Allow outgoing HTTPS in the security group.",
    ),
    Cause(
        "init_unreachable",
        rf"{INIT}.*{UNREACHABLE}",
        "The task could not reach the AWS services that it requires to start.",
        "Its subnet has no route to Secrets Manager, SSM, ECR or CloudWatch Logs.",
        f"{ROUTE} Allow outgoing HTTPS in the security group.",
    ),
    Cause(
        "init_other",
        INIT,
        "The resources that the task requires could not be prepared.",
        "Secrets, logs, network and volumes must be ready before the first container starts. One of them was not.",
        "The message from AWS names it. Check the execution role and the network route to that service.",
    ),
    Cause(
        "no_capacity",
        r"Capacity is unavailable|insufficient capacity",
        "AWS had no capacity for the task.",
        "The chosen Availability Zone lacked capacity for this size, most often on Spot.",
        "Run the task again, add subnets, or use FARGATE in addition to FARGATE_SPOT.",
    ),
)
START_CAUSES = (
    *IMAGE_CAUSES, *SECRET_CAUSES, *LOG_CAUSES, *PROGRAM_CAUSES, *NETWORK_CAUSES, *OTHER_CAUSES[:1],
    *VOLUME_CAUSES, *RUNTIME_CAUSES, *OTHER_CAUSES[1:],
)  # fmt: skip
