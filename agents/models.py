"""The chat models of the team: the built-in one, or any OpenAI-compatible endpoint; and their errors as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.builtin.model import BuiltInModel
from core.config import BUILT_IN, Settings
from core.errors import AgentError, AppError, BudgetExceeded, Misconfigured, QuotaExceeded, VendorRejected, VendorUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage, AnyMessage


def build_models(settings: Settings, *, choice: str = "configured") -> dict[str, BaseChatModel]:
    """Give the models by agent name.

    Args:
        choice: `built-in`, or `configured` for the endpoint of the settings (the built-in model where there is none).
    """
    if BUILT_IN in (choice, settings.assistant_model):
        return {"supervisor": BuiltInModel(cache_dir=settings.data_dir / "models")}
    from agents.endpoint import connect

    lead = connect(settings, settings.openai_model)
    if settings.openai_specialist_model is None:
        return {"supervisor": lead}
    specialist = connect(settings, settings.openai_specialist_model)
    return {"supervisor": lead, "workspace": specialist, "planning": specialist, "insights": specialist}


def check_whole(message: AIMessage) -> None:
    """Check that an endpoint's message came whole, before it becomes part of the talk: half a tool call would spoil every later turn.

    Raises:
        VendorUnavailable: the stream ended without saying that it is done, or was cut for its length.
        VendorRejected: it is empty, or the arguments of a tool call are no JSON, also after the model was told.
    """
    told = message.response_metadata
    if told.get("model_provider") == "openai" and told.get("finish_reason") in (None, "length"):
        raise VendorUnavailable("The model stopped answering half-way.", hint="The conversation is kept: try again.")
    if told.get("model_provider") == "openai" and not (message.tool_calls or message.invalid_tool_calls or message.text.strip()):
        raise VendorRejected("The model answered nothing.", hint="The conversation is kept: try again, or choose another OPENAI_MODEL.")
    if message.invalid_tool_calls:
        raise VendorRejected("The model asked for a tool in a way that cannot be read.", hint="The conversation is kept: try again.")


def told_broken(message: AIMessage) -> list[AnyMessage]:
    """Give what a model is told of a tool call whose arguments cannot be read: its own call, and that it failed."""
    from langchain_core.messages import AIMessage, ToolMessage

    calls = [*message.tool_calls, *({"name": c["name"] or "", "args": {}, "id": c["id"]} for c in message.invalid_tool_calls)]
    said = "The arguments were no complete JSON object. Nothing was done. Call the tool again with complete arguments."
    answers = [ToolMessage(said, tool_call_id=str(c["id"]), name=c["name"], status="error") for c in calls]
    return [AIMessage(content=message.content, tool_calls=calls), *answers]


def drop_temperature(model: BaseChatModel, error: Exception) -> bool:
    """Take the temperature off a model whose endpoint refused it; False when that was not why it failed."""
    from agents.endpoint import EndpointModel, refuses_temperature

    if not isinstance(model, EndpointModel) or model.temperature is None or not refuses_temperature(error):
        return False
    model.temperature = None
    return True


def as_app_error(failure: Exception, settings: Settings) -> AppError:
    """Translate what a model's client raised into a sentence with what to do; nothing of the conversation is lost by it."""
    import httpx
    import openai

    where = settings.openai_base_url or "the OpenAI endpoint"
    text = str(getattr(failure, "message", failure))
    if isinstance(failure, openai.AuthenticationError | openai.PermissionDeniedError):
        return Misconfigured(f"{where} refused the key.", hint="Check OPENAI_API_KEY, or remove it to use the built-in model.")
    if isinstance(failure, openai.RateLimitError):
        if "insufficient_quota" in text or "quota" in text.lower():
            return QuotaExceeded(
                f"The quota at {where} is used up.", hint="Raise it there, or remove OPENAI_API_KEY to use the built-in model."
            )
        return QuotaExceeded(f"{where} asks to wait.", hint="Try again in a minute.")
    if isinstance(failure, openai.NotFoundError):
        return Misconfigured(f"{where} has no model {settings.openai_model!r}.", hint="Check OPENAI_MODEL.")
    if isinstance(failure, openai.BadRequestError):
        if "context" in text.lower():
            return BudgetExceeded("The conversation has become too long for this model.", hint="Start a new one; this one is kept.")
        return VendorRejected(f"{where} refused the request.", hint="The conversation is kept: try again.")
    if isinstance(failure, openai.APITimeoutError | httpx.TransportError):  # in the middle of a stream the transport's own
        return VendorUnavailable(f"{where} stopped answering.", hint="The conversation is kept: try again.")
    if isinstance(failure, openai.APIConnectionError | openai.APIStatusError):
        return VendorUnavailable(f"{where} cannot be reached.", hint="The conversation is kept: try again, or check OPENAI_BASE_URL.")
    if isinstance(failure, openai.APIError):  # told in the middle of a stream that began well
        if "context" in text.lower():
            return BudgetExceeded("The conversation has become too long for this model.", hint="Start a new one; this one is kept.")
        return VendorUnavailable(f"{where} broke off with an error.", hint="The conversation is kept: try again.")
    return AgentError("The assistant could not finish this turn.", hint="The conversation is kept: try again.")
