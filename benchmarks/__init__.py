"""Measurements of the product beside a floor that each script runs itself. They assert no times."""

import sys
from pathlib import Path

# The scripts run from the project's folder, where the product need not be installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
