/*
 * spawn COUNT ATONCE HOOK INPUT OUTPUT: starts a hook COUNT times with posix_spawn, ATONCE at once,
 * with INPUT as its stdin and files OUTPUT.N and OUTPUT.N.err for what it prints, as launchers do.
 * Fails when a hook does.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

static void start(char *hook, const char *input, const char *output, int number)
{
	char out[4096], err[4096];
	posix_spawn_file_actions_t actions;
	char *argv[] = { hook, NULL };
	pid_t pid;

	snprintf(out, sizeof out, "%s.%d", output, number);
	snprintf(err, sizeof err, "%s.%d.err", output, number);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	if (posix_spawn(&pid, hook, &actions, NULL, argv, environ) != 0) {
		perror(hook);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
}

int main(int argc, char **argv)
{
	int count, atonce, started = 0, ended = 0, status;

	if (argc != 6)
		return 64;
	count = atoi(argv[1]);
	atonce = atoi(argv[2]);
	while (ended < count) {
		while (started < count && started - ended < atonce)
			start(argv[3], argv[4], argv[5], started++);
		if (wait(&status) < 0 || status != 0)
			return 1;
		ended++;
	}
	return 0;
}
