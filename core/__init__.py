"""The product: model, pure maths, sheet reading, database, services, workflows and API. Imports none of the other packages."""
