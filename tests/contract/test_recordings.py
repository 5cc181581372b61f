"""The sandbox answers as Google did when its answers were recorded."""

import pytest

from tests.contract.recordings import CASSETTES, replay_all

FLOOR = 2_124


@pytest.mark.skipif(not CASSETTES.is_dir(), reason=f"the recorded answers are not on this machine ({CASSETTES})")
def test_the_sandbox_gives_the_recorded_answers_of_google(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = replay_all()
    with capsys.disabled():
        print(f"\nsandbox: {outcome.matched} of {outcome.total} recorded answers matched exactly")
    assert outcome.matched >= FLOOR, "\n".join(f"{m.cassette} #{m.number} {m.request}: {m.differences[0]}" for m in outcome.missed[:20])
