"""Qt: draws Snapshots, sends Commands, decides nothing."""
