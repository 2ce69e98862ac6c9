"""What every lamp and speaker shares: units to steps, delivery that waits for nobody, a report."""
