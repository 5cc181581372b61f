"""The made-up people of the demo Drive."""

PLANNER = "mara.lindqvist@northwind.example"
COLLEAGUE = "jonas.weber@northwind.example"
NEWCOMER = "new.planner@northwind.example"
PEOPLE = {PLANNER: "Mara Lindqvist", COLLEAGUE: "Jonas Weber", NEWCOMER: "Nobody Yet (an empty Drive)"}
