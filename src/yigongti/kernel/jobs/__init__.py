"""Work in the background, on the same PostgreSQL and in the same transactions."""

from yigongti.kernel.jobs.worker import beat, clean, failures, last_heartbeat, run_worker


__all__ = ["beat", "clean", "failures", "last_heartbeat", "run_worker"]
