"""How a home opens its hub to the house: its names, its certificates, its ways in."""
