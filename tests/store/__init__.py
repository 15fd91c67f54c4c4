"""What is particular to the stores: files that are refused, full disks, several processes, kills, query plans."""
