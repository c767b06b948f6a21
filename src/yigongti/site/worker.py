"""The worker process: recurring work and deferred jobs."""

import django


def main(arguments: list[str]) -> None:
    django.setup()
    from yigongti.kernel import jobs

    jobs.run_worker()
