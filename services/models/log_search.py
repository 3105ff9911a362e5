"""Log lines that people search or follow, read from CloudWatch Logs by a job."""

from django.db import models

from ecsdash.inventory.models import Account


class LogSearch(models.Model):
    """One selection of log lines, shared by everybody who looks at it, and deleted soon after nobody does.

    `selection` names the tasks and the filter (services.sync.log_sources.Selection). Times are in milliseconds since
    1970: lines from `start` on are read, up to `end`, or as they are written if there is no end. `read_to`: lines up
    to it have been read; `recent` are the last of them, digest -> time: these times are read again, because lines may
    arrive late, unless the search is `behind`: there are more lines than it has read.
    `reads` grows with every read: a read that another one has overtaken stores nothing.
    """

    key = models.CharField(max_length=64, unique=True, help_text="Digest of the account, region and selection")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    selection = models.JSONField()
    start = models.BigIntegerField()
    end = models.BigIntegerField(null=True)
    read_to = models.BigIntegerField()
    recent = models.JSONField(default=dict)
    behind = models.BooleanField(default=False)
    reads = models.PositiveIntegerField(default=0)
    line_count = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    full = models.BooleanField(default=False, help_text="Whether there are more lines than are stored")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="log_searches_by_age")]

    def __str__(self) -> str:
        return f"{self.selection} from {self.start}"

    @property
    def final(self) -> bool:
        """Whether nothing more is read: all lines were, or a period has more than are stored."""
        return self.complete or (self.end is not None and self.full)


class LogChunk(models.Model):
    """Consecutive lines of a search: `first` is the number of the first one, from 1 on.

    `lines` are [{"at": milliseconds since 1970, "task": ID, "container": name, "message": text}], secrets masked.
    """

    search = models.ForeignKey(LogSearch, on_delete=models.CASCADE, related_name="chunks")
    first = models.PositiveBigIntegerField()
    lines = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "first"], name="one_log_chunk_per_line")]
        ordering = ["first"]

    def __str__(self) -> str:
        return f"{len(self.lines)} lines from {self.first}"
