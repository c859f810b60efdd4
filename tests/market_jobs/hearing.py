"""A notice as it goes its way: kept, and its order read."""

from jobs.noticed import keep_notice
from jobs.notices import take_notices
from jobs.runtime import Runtime
from platforms import registry
from platforms.base import StoreNotice


def hear(runtime: Runtime, platform_name: str, notice: StoreNotice) -> tuple[int, ...]:
    """The sites that read its order. LeaseTaken: one is at work; the notice waits."""
    site_ids = keep_notice(runtime, registry.get(platform_name), notice)
    for site_id in site_ids:
        take_notices(runtime, site_id)
    return tuple(site_ids)
