"""The specialist for sheets: what stands in a plan, where, and what is unclear in it."""

from agents.spec import AgentSpec

AGENT = AgentSpec(
    name="workspace",
    description="Reads media plans from their sheets: structure, budgets with their cells, checks, open reading questions, finding a plan.",
    tools=(
        "read_google_sheet",
        "analyze_campaign_structure",
        "extract_budget_info",
        "identify_campaign_patterns",
        "find_plan",
        "answer_reading_question",
    ),
)
