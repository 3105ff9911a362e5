"""The statuses of clusters, container instances and capacity providers, with their tones."""

from enum import StrEnum

from ecsdash.web.tone import Tone


class ClusterStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PROVISIONING = "PROVISIONING"
    DEPROVISIONING = "DEPROVISIONING"
    FAILED = "FAILED"
    INACTIVE = "INACTIVE"

    @classmethod
    def tone_of(cls, status: str) -> Tone:
        tones = {
            cls.ACTIVE: Tone.OK,
            cls.PROVISIONING: Tone.PROGRESS,
            cls.DEPROVISIONING: Tone.PROGRESS,
            cls.FAILED: Tone.BAD,
        }
        return tones.get(cls(status), Tone.IDLE) if status in cls.__members__ else Tone.IDLE


class ContainerInstanceStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    REGISTERING = "REGISTERING"
    DEREGISTERING = "DEREGISTERING"
    REGISTRATION_FAILED = "REGISTRATION_FAILED"
    INACTIVE = "INACTIVE"

    @classmethod
    def tone_of(cls, status: str, *, connected: bool = True) -> Tone:
        if status == cls.ACTIVE:
            return Tone.OK if connected else Tone.BAD
        tones = {
            cls.DRAINING: Tone.WARN,
            cls.REGISTERING: Tone.PROGRESS,
            cls.DEREGISTERING: Tone.PROGRESS,
            cls.REGISTRATION_FAILED: Tone.BAD,
        }
        return tones.get(cls(status), Tone.IDLE) if status in cls.__members__ else Tone.IDLE


class CapacityProviderStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PROVISIONING = "PROVISIONING"
    DEPROVISIONING = "DEPROVISIONING"
    INACTIVE = "INACTIVE"

    @classmethod
    def tone_of(cls, status: str) -> Tone:
        tones = {cls.ACTIVE: Tone.OK, cls.PROVISIONING: Tone.PROGRESS, cls.DEPROVISIONING: Tone.PROGRESS}
        return tones.get(cls(status), Tone.IDLE) if status in cls.__members__ else Tone.IDLE
