from ecsdash.sandbox.cli import main

main()
