"""Peripherals of the chips that unicorn runs: as much of each as the programs of this project touch."""
