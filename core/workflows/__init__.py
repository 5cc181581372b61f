"""Durable workflows on DBOS: ids in, each step one service call; they survive a crash, report progress, can wait, be cancelled and resumed.

To add one, put a module in this package that declares `WORKFLOW`:

    def run(job: Job) -> Mapping[str, object]:
        plan = job.step("read", "Reading the sheet", lambda ctx, rt: read_plan(ctx, rt, UUID(str(job.payload["file_id"]))))
        answer = job.wait("decision", "Waiting for your answer", timeout_seconds=600)
        if answer is None:
            raise InvalidInput("Nobody answered within ten minutes.", hint="Start again.")
        job.step("store", "Storing", lambda ctx, rt: store(ctx, rt, plan, answer, key=job.id), tries=5)
        return {"rows": plan["rows"]}

    WORKFLOW = WorkflowSpec("my_kind", run)

Rules:
- `run` is deterministic: it decides only by its payload and what steps and waits gave; no clock, no database, no randomness outside steps.
- A step's function gets the AccessContext, built anew from the actor's membership each time (a person who left the workspace can do
  nothing more), and the Runtime. It returns JSON: None, bool, int, float, str, list, dict with str keys. No UUID, no dataclass.
- A step runs at least once: after a crash the one in flight runs again. Whatever it does outside carries an idempotency key, e.g. `job.id`.
- Errors: an AppError that is `retryable` is tried again (after `retry_after`, else 1, 2, 4 ... seconds) until `tries` or
  `within_seconds` are used up, then the step raises StepFailed with its code, sentence and hint. Anything else fails at once with a
  reference id that is in the log. Catch StepFailed in `run` to compensate.
- Inside a long step, `job.report("Reading 3 of 50", ratio=3 / 50)` moves the progress that the page shows.
- Services start a workflow with `rt.jobs.start(ctx, "my_kind", job_id=..., payload={...})`; pages poll `rt.jobs.status` through services.
- What must happen again and again without a person (sync every 15 minutes) is a standing job: core/services/schedules.py.
- When a change would break workflows that are in flight, raise `engine.APPLICATION_VERSION`.
"""
