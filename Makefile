.PHONY: demo test setup

demo:
	@bin/demo $(ARGS)

test:
	@bin/test $(ARGS)

setup:
	@bin/setup --test
