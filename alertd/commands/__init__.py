"""The commands, a file each: parse, call, print. Stdout carries only the result; everything else goes to stderr."""
