"""The specialist for findings: trends, anomalies, benchmarks, tips and what the workspace knows."""

from agents.spec import AgentSpec

AGENT = AgentSpec(
    name="insights",
    description="Finds trends and anomalies, compares with published benchmarks, gives tips, looks things up in notes and briefs.",
    tools=("identify_trends", "compare_industry_benchmarks", "surface_anomalies", "generate_optimization_tips", "search_knowledge"),
)
