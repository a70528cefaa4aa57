# The commands to remember. Each is one script; what a machine lacks it installs (as root) or names.
.PHONY: help run test check bench

help:
	@echo "make run     build, start both services on SQLite in ./data, with four people, two clients and a portal to try"
	@echo "make test    every test, on SQLite and on a PostgreSQL started for the purpose"
	@echo "make check   formatting, lints, dependency rules, what deploys the services"
	@echo "make bench   the load profiles, on SQLite and PostgreSQL (PROFILE=whoami for one, TARGET=.. for another system)"

run:
	@deploy/quickstart/run.sh

test:
	@.config/make/test.sh $(ARGS)

check:
	@.config/make/check.sh

bench:
	@.config/make/bench.sh
