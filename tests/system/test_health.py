"""Own memory and processor time, compared with psutil."""

import psutil  # type: ignore[import-untyped]

from cctray.system import health


def test_measure_agrees_with_psutil() -> None:
    """Resident memory within 5 %, processor time growing with work."""
    rss_bytes, cpu_s = health.measure()
    assert abs(rss_bytes - psutil.Process().memory_info().rss) < 0.05 * rss_bytes
    while health.measure()[1] < cpu_s + 0.01:
        sum(range(1000))
    times = psutil.Process().cpu_times()
    assert abs(health.measure()[1] - (times.user + times.system)) < 0.1
