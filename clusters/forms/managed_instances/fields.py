"""Fields of a capacity provider of ECS Managed Instances: the parameters of CreateCapacityProvider."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import MEMORY, Boolean, Choice, Choices, Integer, Kind, Lines, Number
from ecsdash.web.forms.document.state import DocumentForm

PROVIDER: Final = "managedInstancesProvider"
TEMPLATE: Final = f"{PROVIDER}/instanceLaunchTemplate"
NETWORK: Final = f"{TEMPLATE}/networkConfiguration"
REQUIREMENTS: Final = f"{TEMPLATE}/instanceRequirements"
WHOLE: Final = Integer()
PERCENT: Final = "%"
ON_OFF: Final = Boolean(yes="On", no="Off", unset="Not set (off)")
#: How instance types with a property are selected.
SELECTION: Final = Choice(
    choices=(("included", "Included"), ("required", "Required"), ("excluded", "Excluded")), unset="Not set (excluded)"
)
#: Names of the API that the labels of boxes replace.
NAMES: Final = {
    "intel": "Intel", "amd": "AMD", "amazon-web-services": "AWS", "nvidia": "NVIDIA", "xilinx": "Xilinx",
    "habana": "Habana", "current": "Current", "previous": "Previous", "gpu": "GPU", "fpga": "FPGA",
    "inference": "Inference", "hdd": "HDD", "ssd": "SSD",
}  # fmt: skip


def between(member: str, label: str, kind: Kind = WHOLE, unit: str = "", help_text: str = "", *,
            required: bool = False) -> Row:  # fmt: skip
    """Return the fields of a requirement with a minimum and a maximum."""
    place = f"{REQUIREMENTS}/{member}"
    return Row((
        Field(f"{place}/min", f"Minimum {label}", kind, unit=unit, help=help_text, required=required),
        Field(f"{place}/max", f"Maximum {label}", kind, unit=unit),
    ))  # fmt: skip


def boxes(member: str, label: str, *values: str, help_text: str = "") -> Field:
    """Return check boxes; without one of them, every value fits."""
    choices = tuple((value, NAMES.get(value, value)) for value in values)
    return Field(f"{REQUIREMENTS}/{member}", label, Choices(choices=choices), help=help_text)


NAME: Final = Section(
    "Capacity provider",
    (Field("name", "Name", required=True, mono=True,
           help="Letters, digits, hyphens and underscores; not beginning with aws, ecs or fargate."),),
    folded=False,
)  # fmt: skip

ROLES: Final = Section(
    "Roles",
    folded=False,
    parts=(
        Field(f"{PROVIDER}/infrastructureRoleArn", "Infrastructure role", Choice(unset="Choose"),
              options="infrastructure-roles", required=True,
              help="ECS uses it to launch and terminate the instances. It trusts ecs.amazonaws.com."),
        Field(f"{TEMPLATE}/ec2InstanceProfileArn", "Instance profile", Choice(unset="Choose"),
              options="instance-profiles", required=True,
              help="The role in it is that of the instances. It trusts EC2."),
    ),
)  # fmt: skip

NETWORKING: Final = Section(
    "Network",
    folded=False,
    parts=(
        Field(f"{NETWORK}/subnets", "Subnets", Choices(), options="subnets", required=True,
              help="The instances must reach ECS: by a public IP address, a NAT gateway or VPC endpoints."),
        Field(f"{NETWORK}/securityGroups", "Security groups", Choices(), options="security-groups",
              help="Not set: the VPC's default security group."),
    ),
)  # fmt: skip

#: What UpdateCapacityProvider does not take.
FIXED: Final = Section(
    "Capacity",
    folded=False,
    help="These settings cannot be changed later.",
    parts=(
        Row((
            Field(f"{TEMPLATE}/capacityOptionType", "Capacity option",
                  Choice(choices=(("ON_DEMAND", "On-Demand Instances"),
                                  ("SPOT", "Spot Instances: can be interrupted"),
                                  ("RESERVED", "Capacity Reservations")), unset="Not set (On-Demand)")),
            Field(f"{TEMPLATE}/fipsEnabled", "FIPS 140-2 modules",
                  Boolean(yes="On", no="Off", unset="Not set (on in GovCloud only)")),
            Field(f"{TEMPLATE}/nitroEnclavesEnabled", "Nitro sandbox", ON_OFF,
                  help="For isolated and confidential tasks. Not with local storage."),
        )),
    ),
)  # fmt: skip

TYPES: Final = Section(
    "Instance requirements",
    folded=False,
    help="ECS chooses the cheapest instance type that meets them and fits the waiting tasks. Without requirements, ECS "
    "chooses freely.",
    parts=(
        between("vCpuCount", "vCPUs", help_text="Required with other requirements."),
        between("memoryMiB", "memory", MEMORY, "MiB", "Required with other requirements."),
        between("memoryGiBPerVCpu", "memory for each vCPU", Number(), "GiB"),
        Row((
            Field(f"{REQUIREMENTS}/allowedInstanceTypes", "Allowed instance types", Lines(), mono=True,
                  help="One in each line, * for any characters: m7i.*"),
            Field(f"{REQUIREMENTS}/excludedInstanceTypes", "Excluded instance types", Lines(), mono=True,
                  help="Instead of allowed ones."),
        )),
        Row((
            boxes("cpuManufacturers", "CPU manufacturers", "intel", "amd", "amazon-web-services"),
            boxes("instanceGenerations", "Instance generations", "current", "previous"),
        )),
        Row((
            Field(f"{REQUIREMENTS}/bareMetal", "Bare metal", SELECTION),
            Field(f"{REQUIREMENTS}/burstablePerformance", "Burstable performance (T types)", SELECTION),
            Field(f"{REQUIREMENTS}/requireHibernateSupport", "Hibernation required", ON_OFF),
        )),
    ),
)  # fmt: skip

PRICES: Final = Section(
    "Price limits",
    (
        Row((
            Field(f"{REQUIREMENTS}/onDemandMaxPricePercentageOverLowestPrice", "On-Demand price", WHOLE, unit=PERCENT,
                  help="At most this much above the cheapest type that fits"),
            Field(f"{REQUIREMENTS}/spotMaxPricePercentageOverLowestPrice", "Spot price", WHOLE, unit=PERCENT,
                  help="At most this much above the cheapest type that fits"),
            Field(f"{REQUIREMENTS}/maxSpotPriceAsPercentageOfOptimalOnDemandPrice", "Spot price of the On-Demand price",
                  WHOLE, unit=PERCENT, help="Instead of the limit above the cheapest type"),
        )),
    ),
)  # fmt: skip

ACCELERATORS: Final = Section(
    "Accelerators",
    (
        boxes("acceleratorTypes", "Accelerator types", "gpu", "fpga", "inference"),
        between("acceleratorCount", "accelerators"),
        between("acceleratorTotalMemoryMiB", "memory of the accelerators", MEMORY, "MiB"),
        boxes("acceleratorManufacturers", "Accelerator manufacturers", "amazon-web-services", "amd", "nvidia", "xilinx",
              "habana"),
        Field(f"{REQUIREMENTS}/acceleratorNames", "Accelerator names", Lines(), mono=True,
              help="One in each line: a100, t4, inferentia"),
    ),
)  # fmt: skip

HARDWARE: Final = Section(
    "Network and disk of the types",
    (
        between("networkBandwidthGbps", "network bandwidth", Number(), "Gbps"),
        between("networkInterfaceCount", "network interfaces"),
        between("baselineEbsBandwidthMbps", "EBS bandwidth", WHOLE, "Mbps"),
        Row((
            Field(f"{REQUIREMENTS}/localStorage", "Types with local storage", SELECTION),
            boxes("localStorageTypes", "Local storage types", "hdd", "ssd"),
        )),
        between("totalLocalStorageGB", "local storage", Number(), "GB"),
    ),
)  # fmt: skip

INSTANCES: Final = Section(
    "Storage, monitoring and tags",
    folded=False,
    parts=(
        Row((
            Field(f"{TEMPLATE}/storageConfiguration/storageSizeGiB", "Data volume", WHOLE, unit="GiB",
                  help="Images and data of the tasks on an instance. Not set: 80 GiB."),
            Field(f"{TEMPLATE}/localStorageConfiguration/useLocalStorage", "Use instance store volumes", ON_OFF,
                  help="Local disks of the instance in place of the data volume."),
            Field(f"{TEMPLATE}/monitoring", "Monitoring",
                  Choice(choices=(("BASIC", "Basic: every 5 minutes"), ("DETAILED", "Detailed: every minute, charged")),
                         unset="Not set (basic)")),
        )),
        Row((
            Field(f"{PROVIDER}/propagateTags", "Propagate tags to instances",
                  Choice(choices=(("CAPACITY_PROVIDER", "From the capacity provider"), ("NONE", "None")),
                         unset="Not set (none)")),
            Field(f"{TEMPLATE}/instanceMetadataTagsPropagation", "Tags in the instance metadata",
                  Boolean(yes="On", no="Off", unset="Not set (on)"),
                  help="Switch it off if keys have characters such as /."),
        )),
    ),
)  # fmt: skip

UPKEEP: Final = Section(
    "Optimization, repair and reservations",
    (
        Row((
            Field(f"{PROVIDER}/infrastructureOptimization/scaleInAfter", "Optimize after", WHOLE, unit="s",
                  help="How long an instance may be idle or underused. -1: never. Not set: ECS decides."),
            Field(f"{PROVIDER}/autoRepairConfiguration/actionsStatus", "Replace impaired instances",
                  Choice(choices=(("ENABLED", "On"), ("DISABLED", "Off")), unset="Not set")),
        )),
        Row((
            Field(f"{TEMPLATE}/capacityReservations/reservationPreference", "Capacity Reservations",
                  Choice(choices=(("RESERVATIONS_ONLY", "Only into reservations"),
                                  ("RESERVATIONS_FIRST", "Reservations first, then On-Demand"),
                                  ("RESERVATIONS_EXCLUDED", "Never into reservations")))),
            Field(f"{TEMPLATE}/capacityReservations/reservationGroupArn", "Resource group of reservations", mono=True,
                  help="ARN"),
        )),
    ),
)  # fmt: skip

TAGS: Final = Section(
    "Tags",
    (
        Entries(
            "tags", "Tags", "Add tag", "tag",
            (Row((Field("key", "Key", required=True), Field("value", "Value"))),),
            named_by=("key",), new={"key": "", "value": ""}, titled=True,
        ),
    ),
)  # fmt: skip

SETTINGS: Final = (ROLES, NETWORKING, TYPES, PRICES, ACCELERATORS, HARDWARE, INSTANCES, UPKEEP)
NEW_PROVIDER: Final = DocumentForm((NAME, ROLES, NETWORKING, FIXED, *SETTINGS[2:], TAGS))
PRESENT_PROVIDER: Final = DocumentForm(SETTINGS)
