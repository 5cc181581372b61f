"""The specialist for budgets: splits, constraints, predictions, scenarios, drafts and proposals."""

from agents.spec import AgentSpec

AGENT = AgentSpec(
    name="planning",
    description="Splits and optimises budgets under constraints, predicts, compares, explains, saves drafts, proposes write-backs.",
    tools=(
        "calculate_distribution",
        "analyze_historical_performance",
        "predict_campaign_metrics",
        "optimize_budget_allocation",
        "set_constraints",
        "adjust_distribution",
        "compare_scenarios",
        "explain_allocation",
        "describe_changes",
        "restore_distribution",
        "save_draft",
        "propose_write_back",
    ),
)
