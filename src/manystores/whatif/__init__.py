"""What if the policy had been another: orders decided anew from a stock that they use up, measured. Pure."""
