"""Tests of components/network: real peers on loopback, driven through the console of NetworkTestConsole."""
