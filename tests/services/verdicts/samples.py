"""Sentences of AWS (from the developer guide's descriptions), with the stop code and the cause that they have."""

from typing import Final

START: Final = "TaskFailedToStart"
PULL: Final = "CannotPullContainerError: "
INIT: Final = "ResourceInitializationError: "
SECRETS: Final = (
    f"{INIT}unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret "
)
TASK_SAMPLES: Final[list[tuple[str, str, str]]] = [
    # --- images ---
    ("image_rate_limit", START, f"{PULL}toomanyrequests: You have reached your pull rate limit"),
    ("image_layer_denied", START, f"{PULL}ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed "
     "open: unexpected status code https://prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com/1: "
     "403 Forbidden"),
    ("image_missing_or_private", START, f"{PULL}Error response from daemon: pull access denied for shop/web, "
     "repository does not exist or may require 'docker login': denied: requested access to the resource is denied"),
    ("image_access_denied", START, f"{PULL}denied: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: "
     "ecr:BatchGetImage on resource: y"),
    ("image_registry_unknown", START, f"{PULL}failed to resolve ref registri.example/web:1: dial tcp: lookup "
     "registri.example on 10.0.0.2:53: no such host"),
    ("image_unreachable", START, f"{PULL}pull image manifest has been retried 5 time(s): failed to resolve ref "
     "docker.io/library/nginx:1: failed to do request: dial tcp 1.2.3.4:443: i/o timeout"),
    ("image_architecture", START, f"{PULL}pull image manifest has been retried 7 time(s): image Manifest does not "
     "contain descriptor matching platform 'linux/arm64'"),
    ("image_architecture", START, f"{PULL}no matching manifest for linux/amd64 in the manifest list entries"),
    ("image_missing", START, f"{PULL}pull image manifest has been retried 1 time(s): failed to resolve ref "
     "docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found"),
    ("image_name_invalid", START, f"{PULL}Error response from daemon: invalid reference format"),
    ("image_disk_full", START, f"{PULL}failed to register layer: write /usr/lib/x: no space left on device"),
    ("image_other", START, f"{PULL}something never seen"),
    # --- secrets, registries, logs ---
    ("secret_key_missing", START, f"{SECRETS}from asm: service call has been retried 1 time(s): retrieved secret from "
     "Secrets Manager did not contain json key password"),
    ("secret_not_json", START, f"{SECRETS}from asm: invalid character 'h' looking for beginning of value"),
    ("secret_kms_denied", START, f"{SECRETS}from asm: AccessDeniedException: Access to KMS is not allowed"),
    ("parameter_access_denied", START, f"{SECRETS}from ssm: service call has been retried 1 time(s): "
     "AccessDeniedException: User: arn:aws:sts::1:assumed-role/ecsTaskExecutionRole/2 is not authorized to perform: "
     "ssm:GetParameters on resource: arn:aws:ssm:eu-central-1:1:parameter/shop/key"),
    ("secret_access_denied", START, f"{SECRETS}from asm: AccessDeniedException: User is not authorized to perform "
     "secretsmanager:GetSecretValue"),
    ("secret_missing", START, f"{SECRETS}from asm: failed to fetch secret arn:x from secrets manager: "
     "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
    ("parameter_missing", START, f"{SECRETS}from ssm: service call has been retried 1 time(s): invalid parameters: "
     "/shop/key"),
    ("registry_sign_in_denied", START, f"{INIT}unable to pull secrets or registry auth: AccessDeniedException: User is "
     "not authorized to perform: ecr:GetAuthorizationToken on resource: *"),
    ("log_group_missing", START, f"{INIT}failed to validate logger args: create stream has been retried 1 times: failed"
     " to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. Log group: "
     "/ecs/web : exit status 1"),
    ("log_access_denied", START, f"{INIT}failed to validate logger args: create stream has been retried 1 times: failed"
     " to create Cloudwatch log stream: AccessDeniedException: User is not authorized to perform: "
     "logs:CreateLogStream"),
    ("log_unreachable", START, f"{INIT}failed to validate logger args: failed to create Cloudwatch log stream: "
     "RequestError: send request failed: dial tcp 1.2.3.4:443: i/o timeout"),
    ("init_registry_unreachable", START, f"{INIT}unable to pull secrets or registry auth: The task cannot pull registry"
     " auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. dial tcp: i/o timeout"),
    ("init_unreachable", START, f"{INIT}unable to download configuration: context deadline exceeded"),
    ("init_other", START, f"{INIT}something never seen"),
    # --- files and volumes ---
    ("environment_file_denied", START, f"{INIT}failed to download env files: file download command: non empty error "
     "stream: service call has been retried 1 time(s): AccessDenied: Access Denied status code: 403"),
    ("environment_file_missing", START, f"{INIT}failed to download env files: file download command: non empty error "
     "stream: NoSuchKey: The specified key does not exist."),
    ("efs_unknown_name", START, f"{INIT}failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to "
     'resolve "fs-0123.efs.eu-central-1.amazonaws.com" - check that your file system ID is correct'),
    ("efs_access_denied", START, f"{INIT}failed to invoke EFS utils commands to set up EFS volumes: stderr: "
     "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"),
    ("efs_unreachable", START, f"{INIT}failed to invoke EFS utils commands to set up EFS volumes: stderr: "
     "mount.nfs4: Connection reset by peer"),
    ("efs_other", START, f"{INIT}failed to invoke EFS utils commands"),
    ("ebs_access_denied", START, "Attaching the EBS volume failed: User is not authorized to perform: "
     "ec2:CreateVolume"),
    ("ebs_timeout", START, "Timeout waiting for EBS volume attachment to reach ATTACHED state"),
    # --- network ---
    ("subnet_full", START, "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': "
     "InsufficientFreeAddressesInSubnet"),
    ("security_group_missing", START, "Unexpected EC2 error while attempting to Create Network Interface with "
     "public IP "
     "assignment enabled in subnet 'subnet-1': InvalidGroup.NotFound"),
    ("subnet_missing", START, "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': "
     "InvalidSubnetID.NotFound"),
    ("interface_quota", START, "Unexpected EC2 error while attempting to Create Network Interface: "
     "NetworkInterfaceLimitExceeded"),
    ("interface_timeout", START, "Timeout waiting for network interface provisioning to complete."),
    ("interface_timeout", START, f"{INIT}failed to configure ENI: failed to setup regular eni: netplugin "
     "failed: context"
     " deadline exceeded"),
    ("interface_other", START, "Unexpected EC2 error while attempting to Create Network Interface: InternalError"),
    # --- container runtime ---
    ("executable_missing", START, "CannotStartContainerError: Error response from daemon: failed to create task for "
     'container: OCI runtime create failed: runc create failed: unable to start container process: exec: "serve": '
     "executable file not found in $PATH: unknown"),
    ("executable_not_allowed", START, "CannotStartContainerError: Error response from daemon: OCI runtime "
     "create failed: "
     'unable to start container process: exec: "/app/run.sh": permission denied: unknown'),
    ("executable_format", START, "CannotStartContainerError: Error response from daemon: exec /app/server: exec format "
     "error"),
    ("host_port_taken", START, "CannotStartContainerError: Error response from daemon: driver failed programming "
     "external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated"),
    ("disk_full", START, "CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/x: no "
     "space left on device"),
    ("mount_not_possible", START, "CannotStartContainerError: Error response from daemon: OCI runtime create failed: "
     'error mounting "/etc/app" to rootfs at "/etc/app.conf": mount /etc/app: not a directory'),
    ("runtime_memory_limit", START, "CannotCreateContainerError: API error (500): Minimum memory limit allowed is 6MB"),
    ("runtime_timeout", START, "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"),
    ("runtime_timeout", START, "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting "
     "1m0s"),
    ("runtime_refused", START, "CannotStartContainerError: Error response from daemon: something never seen"),
    ("agent_failed", START, "CannotInspectContainerError: Could not transition to inspecting"),
    # --- roles and capacity ---
    ("role_not_assumable", START, "ECS was unable to assume the role 'arn:aws:iam::1:role/r' that was provided "
     "for this "
     "task."),
    ("no_capacity", START, "Capacity is unavailable at this time. Please try again later or in a different availability"
     " zone"),
    # --- the end of running tasks ---
    ("load_balancer_health", "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:x)"),
    ("container_health", "ServiceSchedulerInitiated", "Task failed container health checks"),
    ("scaled_in", "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)"),
    ("stopped_by_user", "UserInitiated", "Task stopped by user"),
    ("spot_interruption", "SpotInterruption", "Your Spot Task was interrupted."),
    ("termination_notice", "TerminationNotice", "Your instance is about to be reclaimed."),
    ("infrastructure", "InfrastructureHealth", ""),
    ("instance_gone", "", "Host EC2 (instance i-0123) terminated."),
    ("maintenance", "InfrastructureHealth", "ECS is performing maintenance on the underlying infrastructure hosting the"
     " task."),
    ("out_of_memory", "", "OutOfMemoryError: Container killed due to memory usage"),
]  # fmt: skip
UNABLE: Final = "was unable to place a task"
INSTANCES: Final = f"{UNABLE} because no container instance met all of its requirements."
CLOSEST: Final = f"{INSTANCES} The closest matching (container-instance 1)"
EVENT_SAMPLES: Final[list[tuple[str, str]]] = [
    ("provider_without_instance", f"{INSTANCES} Reason: No Container Instances were found in your capacity provider."),
    ("cluster_without_instance", f"{INSTANCES} Reason: No Container Instances were found in your cluster."),
    ("no_cpu", f"{CLOSEST} has insufficient CPU units available."),
    ("no_memory", f"{CLOSEST} has insufficient memory available."),
    ("no_host_port", f"{CLOSEST} is already using a port required by your task."),
    ("no_interface", f"{CLOSEST} has insufficient ENIs available."),
    ("agent_disconnected", f"{CLOSEST} has the agent disconnected."),
    ("no_attribute", f"{CLOSEST} is missing an attribute required by your task."),
    ("placement_constraint", f"{INSTANCES} encountered error 'DistinctInstance placement constraint unsatisfied.'"),
    ("placement_subnet_full", f"{UNABLE}. Reason: The specified subnet does not have enough free addresses"),
    ("quota", f"{UNABLE}. Reason: You've reached the limit on the number of vCPUs you can run concurrently"),
    ("no_fargate_capacity", f"{UNABLE}. Reason: Capacity is unavailable at this time."),
    ("placement_role", f"{UNABLE}. Reason: ECS was unable to assume the role 'arn:aws:iam::1:role/x'"),
    ("provider_empty", f"{UNABLE}. Reason: The capacity provider could not scale out."),
    ("placement_image", f"{UNABLE}. Reason: CannotPullContainerError"),
    ("target_registration", "failed to register targets in (target-group arn:x) with (error The target group is gone)"),
    ("deployment_bounds", "was unable to stop or start tasks during a deployment because of the service deployment "
     "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."),
    ("placement_other", f"{UNABLE}. Reason: something new"),
]  # fmt: skip
DEPLOYMENT_SAMPLES: Final[list[tuple[str, str]]] = [
    ("breaker_start", "ECS deployment circuit breaker: tasks failed to start."),
    ("breaker_health", "ECS deployment circuit breaker: tasks failed health checks."),
    ("breaker", "Service deployment rolled back because the circuit breaker threshold was exceeded."),
    ("alarm", "ECS deployment alarms: too-many-errors in ALARM state."),
    ("hook", "Service deployment rolled back because a lifecycle hook failed."),
    ("replaced", "A newer service deployment replaced this one."),
    ("stopped_on_request", "Service deployment rolled back because StopServiceDeployment was called."),
]
LOG_SAMPLES: Final[list[tuple[str, str]]] = [
    ("logged_exec_format", "exec /app/server: exec format error"),
    ("logged_port_in_use", "Error: listen EADDRINUSE: address already in use :::8080"),
    ("logged_low_port", "bind() to 0.0.0.0:80 failed (13: Permission denied)"),
    ("logged_heap", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
    ("logged_module_missing", "ModuleNotFoundError: No module named 'requests'"),
    ("logged_name_unknown", 'could not translate host name "db.shop" to address: Name or service not known'),
    ("logged_sign_in", 'FATAL: password authentication failed for user "shop"'),
    ("logged_connection", "connect ECONNREFUSED 10.0.0.5:5432"),
    ("logged_aws_denied", "AccessDeniedException: User is not authorized to perform: dynamodb:GetItem"),
    ("logged_disk_full", "OSError: [Errno 28] No space left on device"),
    ("logged_permission", "PermissionError: [Errno 13] Permission denied: '/data/cache'"),
    ("logged_file_missing", "FileNotFoundError: [Errno 2] No such file or directory: '/etc/app.toml'"),
]
