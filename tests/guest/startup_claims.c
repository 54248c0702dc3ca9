/* startup_claims.c -- who may end the environment, and how programs die
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/paths.h>
#include <hurd/startup.h>
#include <mach.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static int
child_status (int (*body) (void))
{
  int status = -1;
  pid_t pid = fork ();

  if (!pid)
    _exit (body ());
  return waitpid (pid, &status, 0) == pid ? status : -1;
}

static int
reboot_as_nobody (void)
{
  mach_port_t startup;

  if (setgid (65534) || setuid (65534))
    return 1;
  errno = 0;
  if (reboot (RB_AUTOBOOT) != -1 || errno != EPERM)
    return 2;
  startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  return startup_reboot (startup, MACH_PORT_NULL, RB_AUTOBOOT) != EPERM;
}

/* An environment inside another has no proof, and believes its root.  */
static bool
there_is_no_proof (void)
{
  mach_port_t host;

  return get_privileged_ports (&host, NULL) == EPERM;
}

static bool
nobody_may_not_reboot (void)
{
  REQUIRE (child_status (reboot_as_nobody) == 0);
  return true;
}

static bool
a_wrong_proof_is_refused (void)
{
  mach_port_t startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  mach_port_t mine;

  if (there_is_no_proof ())
    return true;
  REQUIRE (MACH_PORT_VALID (startup));
  mine = mach_reply_port ();
  REQUIRE (!mach_port_insert_right (mach_task_self (), mine, mine,
                                    MACH_MSG_TYPE_MAKE_SEND));
  REQUIRE (startup_reboot (startup, mine, RB_AUTOBOOT) == EPERM);
  REQUIRE (startup_reboot (startup, mach_task_self (), RB_HALT) == EPERM);
  REQUIRE (startup_reboot (startup, mach_host_self (), RB_HALT) == EPERM);
  REQUIRE (startup_reboot (startup, MACH_PORT_NULL, RB_HALT) == EPERM);
  REQUIRE (!mach_port_mod_refs (mach_task_self (), mine,
                                MACH_PORT_RIGHT_RECEIVE, -1));
  return true;
}

static bool
a_wrong_proof_makes_nothing_essential (void)
{
  mach_port_t startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  mach_port_t exception = mach_reply_port ();
  char name[1024] = "impostor";

  if (there_is_no_proof ())
    return true;
  REQUIRE (startup_essential_task (startup, mach_task_self (), exception, name,
                                   mach_host_self ())
           == EPERM);
  return true;
}

static bool
asking_to_be_told_costs_nothing (void)
{
  mach_port_t startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  char name[1024] = "curious";

  REQUIRE (MACH_PORT_VALID (startup));
  /* More often than there are places: they are free again when the ports
     have died.  */
  for (int i = 0; i < 600; i++)
    {
      mach_port_t port = mach_reply_port ();
      error_t err = startup_request_notification (
          startup, port, MACH_MSG_TYPE_MAKE_SEND, name);

      REQUIRE (!err);
      REQUIRE (!mach_port_mod_refs (mach_task_self (), port,
                                    MACH_PORT_RIGHT_RECEIVE, -1));
    }
  REQUIRE (startup_request_notification (startup, MACH_PORT_NULL,
                                         MACH_MSG_TYPE_COPY_SEND, name)
           != 0);
  return true;
}

static bool
startup_is_a_file_that_can_be_looked_at (void)
{
  struct stat stats;

  REQUIRE (stat (_SERVERS_STARTUP, &stats) == 0);
  REQUIRE (stat ("/servers/crash", &stats) == 0);
  return true;
}

static int
fault (void)
{
  *(volatile int *)0 = 1;
  return 0;
}

static int
give_up (void)
{
  abort ();
}

static bool
a_fault_kills_with_its_signal (void)
{
  int status = child_status (fault);

  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGSEGV);
  REQUIRE (!WCOREDUMP (status));
  status = child_status (give_up);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGABRT);
  return true;
}

static const struct claim claims[] = {
  CLAIM (nobody_may_not_reboot),
  CLAIM (a_wrong_proof_is_refused),
  CLAIM (a_wrong_proof_makes_nothing_essential),
  CLAIM (asking_to_be_told_costs_nothing),
  CLAIM (startup_is_a_file_that_can_be_looked_at),
  CLAIM (a_fault_kills_with_its_signal),
};

int
main (void)
{
  return claims_check (claims, sizeof claims / sizeof *claims);
}
