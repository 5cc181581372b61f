"""What the engine promises: one effect after any crash, retries by the error's own word, signals, cancelling, walls between workspaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess

import pytest

from core.access import AccessContext
from core.errors import Misconfigured, NotFound
from core.runtime import Runtime
from core.services.activity import list_activity
from core.services.schedules import keep_running, stop_running
from core.workflows.engine import Engine
from core.workflows.job import WorkflowSpec
from core.workflows.standing import start_due
from tests.conftest import SettableClock, wait_for_job, wait_until
from tests.integration import sample_workflows
from tests.integration.sample_workflows import SAMPLES, STEPS
from tests.postgres import TestDatabase
from tests.victims import death_of, start_victim

Worker = Callable[..., ForkServerProcess]


@pytest.fixture
def workflows() -> dict[str, WorkflowSpec]:
    return SAMPLES


@pytest.fixture
def start_worker(test_database: TestDatabase) -> Iterator[Worker]:
    """Start a worker in a process of its own; all are killed at the end."""
    processes: list[ForkServerProcess] = []

    def start(executor_id: str, *, die_in: str = "") -> ForkServerProcess:
        env = {"DATABASE_URL": test_database.app_url, "EXECUTOR_ID": executor_id, "DIE_IN": die_in}
        processes.append(start_victim(sample_workflows.main, env))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.join()


def did(ctx: AccessContext, runtime: Runtime) -> Counter[str]:
    return Counter(entry.subject for entry in list_activity(ctx, runtime))


def test_a_workflow_reports_its_steps_and_gives_its_result(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "three_steps", job_id=f"job-{ctx.workspace_id}", payload={})
    status = wait_for_job(runtime, ctx, job_id)
    assert (status.state, status.result, status.progress_ratio) == ("succeeded", {"done": list(STEPS)}, 1.0)
    assert status.step == "Doing verify"


def test_the_same_job_id_twice_is_one_job(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    for _ in range(3):
        runtime.jobs.start(ctx, "three_steps", job_id=f"once-{ctx.workspace_id}", payload={})
    wait_for_job(runtime, ctx, f"once-{ctx.workspace_id}")
    assert did(ctx, runtime)["try write"] == 1


def test_a_job_of_another_workspace_does_not_exist(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={})
    calls: list[Callable[[], object]] = [
        lambda: runtime.jobs.status(other_ctx, job_id),
        lambda: runtime.jobs.signal(other_ctx, job_id, "answer", {}),
        lambda: runtime.jobs.cancel(other_ctx, job_id),
        lambda: runtime.jobs.start(other_ctx, "waiting", job_id=job_id, payload={}),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert runtime.jobs.status(ctx, job_id).state == "queued"


def test_an_unknown_kind_is_refused_with_the_known_ones(runtime: Runtime, ctx: AccessContext) -> None:
    with pytest.raises(Misconfigured, match="three_steps"):
        runtime.jobs.start(ctx, "nonsense", job_id="x", payload={})


def test_a_waiting_workflow_says_so_and_goes_on_at_the_signal(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={})
    wait_until(lambda: runtime.jobs.status(ctx, job_id).state == "waiting")
    assert runtime.jobs.status(ctx, job_id).step == "Waiting for your answer"
    runtime.jobs.signal(ctx, job_id, "answer", {"text": "yes"})
    assert wait_for_job(runtime, ctx, job_id).result == {"answer": "yes"}


def test_a_signal_that_never_comes_ends_in_the_authors_sentence(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={"seconds": 0.1})
    status = wait_for_job(runtime, ctx, job_id)
    assert (status.state, status.error) == ("failed", "Nobody answered. Start again.")


def test_a_cancelled_workflow_stops_and_says_so(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={})
    wait_until(lambda: runtime.jobs.status(ctx, job_id).state == "waiting")
    runtime.jobs.cancel(ctx, job_id)
    assert wait_for_job(runtime, ctx, job_id).state == "cancelled"


def test_a_retryable_error_is_tried_again_after_the_time_it_names(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "failing", job_id=f"f-{ctx.workspace_id}", payload={"how": "quota", "times": 2})
    assert wait_for_job(runtime, ctx, job_id).result == {"tries": 3}


@pytest.mark.parametrize(
    ("how", "tries", "sentence", "code"),
    [
        ("quota", 2, "Google asks to wait.", "quota_exceeded"),
        ("wrong", 1, "The sheet has no tab “Plan”. Choose another.", "invalid_input"),
        ("bug", 1, "Something went wrong on our side (reference ", "unexpected"),
    ],
)
def test_what_cannot_help_is_not_tried_again(
    how: str, tries: int, sentence: str, code: str, runtime: Runtime, ctx: AccessContext, engine: Engine
) -> None:
    job_id = runtime.jobs.start(ctx, "failing", job_id=f"f-{ctx.workspace_id}", payload={"how": how, "times": 99, "tries": 2})
    status = wait_for_job(runtime, ctx, job_id)
    assert status.state == "failed"
    assert status.error is not None and status.error.startswith(sentence) and "4711" not in status.error
    assert did(ctx, runtime) == {"try": tries, f"compensated {code}": 1}


def test_a_person_who_left_the_workspace_can_do_nothing_more(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"w-{ctx.workspace_id}", payload={})
    with runtime.db.session(ctx) as session:
        session.connection().exec_driver_sql("delete from memberships")
    second = runtime.jobs.start(ctx, "three_steps", job_id=f"t-{ctx.workspace_id}", payload={})
    status = wait_for_job(runtime, ctx, second)
    assert status.state == "failed" and status.error is not None and "no longer a member" in status.error
    runtime.jobs.cancel(ctx, job_id)


@pytest.mark.parametrize("moment", [f"{when} {name}" for name in STEPS for when in ("before", "after")])
def test_a_worker_killed_in_a_step_leaves_each_effect_exactly_once(
    moment: str, runtime: Runtime, ctx: AccessContext, start_worker: Worker, engine: Engine
) -> None:
    engine.close()
    job_id = runtime.jobs.start(ctx, "three_steps", job_id=f"crash-{ctx.workspace_id}", payload={})
    victim = start_worker(f"victim-{ctx.workspace_id}", die_in=moment)
    assert death_of(victim, within=30) == -9
    assert runtime.jobs.status(ctx, job_id).state == "running"
    engine.launch()
    status = wait_for_job(runtime, ctx, job_id)
    assert status.result == {"done": list(STEPS)}
    found = did(ctx, runtime)
    assert {f"effect {name} of {job_id}": 1 for name in STEPS}.items() <= found.items()
    step = moment.split()[1]
    assert {name: found[f"try {name}"] for name in STEPS} == {name: 2 if name == step else 1 for name in STEPS}


def test_a_second_worker_with_the_same_name_is_refused(runtime: Runtime, engine: Engine) -> None:
    twin = Engine(runtime, SAMPLES)
    twin.executor_id = engine.executor_id
    with pytest.raises(Misconfigured, match="is running already"):
        twin.launch()


def test_workflows_go_on_after_the_database_crashed_and_came_back(
    runtime: Runtime, ctx: AccessContext, engine: Engine, test_database: TestDatabase
) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={})
    wait_until(lambda: runtime.jobs.status(ctx, job_id).state == "waiting")
    with test_database.connect_as_superuser() as connection:  # what every connection of this database sees when the server restarts
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
    runtime.jobs.signal(ctx, job_id, "answer", {"text": "still here"})
    assert wait_for_job(runtime, ctx, job_id).result == {"answer": "still here"}
    again = runtime.jobs.start(ctx, "three_steps", job_id=f"after-{ctx.workspace_id}", payload={})
    assert wait_for_job(runtime, ctx, again).state == "succeeded"


def test_a_standing_job_starts_once_when_due_until_it_is_removed(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock, workflows: dict[str, WorkflowSpec]
) -> None:
    with runtime.db.session(ctx) as session:
        keep_running(ctx, runtime, session, kind="three_steps", every_minutes=15, payload={"x": "1"})
    assert start_due(runtime) == 0
    clock.advance(minutes=15)
    assert (start_due(runtime), start_due(runtime)) == (1, 0)
    assert runtime.jobs.status(ctx, f"three_steps-{ctx.workspace_id}-202603020915").state == "queued"
    clock.advance(hours=5)
    assert (start_due(runtime), start_due(runtime)) == (1, 0)
    with runtime.db.session(ctx) as session:
        stop_running(ctx, session, kind="three_steps")
    clock.advance(hours=1)
    assert start_due(runtime) == 0
