/* C types and constants of the Hurd's interfaces.
   SPDX-License-Identifier: GPL-2.0-or-later

   Names and numbers are the Hurd's: programs built against its headers and
   programs built against these understand each other.  */

#ifndef _HURD_TYPES_H
#define _HURD_TYPES_H

#include <errno.h> /* error_t */
#include <mach/message.h>
#include <mach/std_types.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define HURD_RELEASE "0.0"

/* Send rights, named by what answers on them.  */
typedef mach_port_t acpi_t;
typedef mach_port_t addr_port_t;
typedef mach_port_t auth_t;
typedef mach_port_t ctty_t;
typedef mach_port_t exec_startup_t;
typedef mach_port_t file_t;
typedef mach_port_t fs_notify_t;
typedef mach_port_t fsys_t;
typedef mach_port_t interrupt_t;
typedef mach_port_t io_t;
typedef mach_port_t pci_t;
typedef mach_port_t pf_t;
typedef mach_port_t proccoll_t;
typedef mach_port_t process_t;
typedef mach_port_t shutdown_t;
typedef mach_port_t socket_t;
typedef mach_port_t startup_t;

/* MIG wants one name for each type.  Each array has a const twin, which is
   what the sender of one is given.  */
typedef char *data_t;
typedef const char *const_data_t;
typedef char string_t[1024];
typedef const char *const_string_t;
typedef int *intarray_t;
typedef const int *const_intarray_t;
typedef int *fd_mask_t;
typedef const int *const_fd_mask_t;
typedef mach_port_t *portarray_t;
typedef const mach_port_t *const_portarray_t;
typedef pid_t *pidarray_t;
typedef const pid_t *const_pidarray_t;
typedef uid_t *idarray_t;
typedef const uid_t *const_idarray_t;
typedef __loff_t *off_array_t;
typedef const __loff_t *const_off_array_t;
typedef int *procinfo_t;
typedef const int *const_procinfo_t;

typedef struct rusage rusage_t;
typedef struct flock64 flock_t;
typedef struct utsname utsname_t;
typedef struct timespec timespec_t;
#if _FILE_OFFSET_BITS == 64
typedef struct stat io_statbuf_t;
typedef struct statfs fsys_statfsbuf_t;
#else
typedef struct stat64 io_statbuf_t;
typedef struct statfs64 fsys_statfsbuf_t;
#endif


/* exec_exec, file_exec: flags.  */
#define EXEC_NEWTASK 0x01    /* make a new task and kill the old one */
#define EXEC_SECURE 0x02     /* trust nothing that the caller arranged */
#define EXEC_DEFAULTS 0x04   /* fill missing ports with the defaults */
#define EXEC_SIGTRAP 0x08    /* stop at the first instruction, traced */
#define EXEC_STACK_ARGS 0x10 /* arguments are on the stack already */

/* exec_exec, exec_startup_get_info: places in portarray and intarray.  */
enum
{
  INIT_PORT_CWDIR = 0,
  INIT_PORT_CRDIR = 1,
  INIT_PORT_AUTH = 2,
  INIT_PORT_PROC = 3,
  INIT_PORT_CTTYID = 4,
  INIT_PORT_BOOTSTRAP = 5, /* null: the old task's bootstrap port */
  INIT_PORT_MAX = 6
};

enum
{
  INIT_UMASK = 0,
  INIT_SIGMASK = 1,
  INIT_SIGIGN = 2,
  INIT_SIGPENDING = 3,
  INIT_TRACEMASK = 4,
  INIT_INT_MAX = 5
};

/* dir_lookup, fsys_getroot: what the client does with the answer.  */
enum retry_type
{
  /* Done if the name is empty, else look it up from the port.  */
  FS_RETRY_NORMAL = 1,
  /* Reauthenticate the port, then look up the name even if it is empty.  */
  FS_RETRY_REAUTH = 2,
  /* The name says: "/NAME" from the root, "fd/N", "tty", "pid/NAME" with
     the own pid in place of "pid", "machtype/NAME" with the kernel's cpu
     type and subtype.  */
  FS_RETRY_MAGICAL = 3
};
typedef enum retry_type retry_type;

/* file_set_translator: flags for the passive and the active one.  */
#define FS_TRANS_FORCE 0x1  /* take no short cut */
#define FS_TRANS_EXCL 0x2   /* fail if there is one */
#define FS_TRANS_SET 0x4    /* without it nothing is changed */
#define FS_TRANS_ORPHAN 0x8 /* let the old active one run on */

/* fsys_goaway, and what file_set_translator tells the old translator.  */
#define FSYS_GOAWAY_NOWAIT 0x01
#define FSYS_GOAWAY_NOSYNC 0x02
#define FSYS_GOAWAY_FORCE 0x04 /* even with users */
#define FSYS_GOAWAY_UNLINK 0x08 /* only if it is not a directory */
#define FSYS_GOAWAY_RECURSE 0x10

/* dir_changed: what happened to the name.  */
enum dir_changed_type
{
  DIR_CHANGED_NULL = 0, /* the first one, sent at once */
  DIR_CHANGED_NEW = 1,
  DIR_CHANGED_UNLINK = 2,
  DIR_CHANGED_RENUMBER = 3 /* the name stands for another node now */
};
typedef enum dir_changed_type dir_changed_type_t;

/* file_changed: what happened to the range.  */
enum file_changed_type
{
  FILE_CHANGED_NULL = 0, /* the first one, sent at once */
  FILE_CHANGED_WRITE = 1,
  FILE_CHANGED_EXTEND = 2,
  FILE_CHANGED_TRUNCATE = 3,
  FILE_CHANGED_META = 4 /* mode, owner and so on; not the times */
};
typedef enum file_changed_type file_changed_type_t;

/* io_select: what is waited for, and what came.  */
#define SELECT_READ 0x1
#define SELECT_WRITE 0x2
#define SELECT_URG 0x4

/* term_get_bottom_type.  */
enum term_bottom_type
{
  TERM_ON_MACHDEV = 0,
  TERM_ON_HURDIO = 1,
  TERM_ON_MASTERPTY = 2
};

/* file_get_storage_info: the first int says which of these it is; the other
   arrays follow from it.  */
enum file_storage_class
{
  STORAGE_OTHER = 0,
  STORAGE_DEVICE = 1,
  STORAGE_HURD_FILE = 2,
  STORAGE_NETWORK = 3,
  STORAGE_MEMORY = 4,
  STORAGE_TASK = 5,
  STORAGE_ZERO = 6,
  STORAGE_CONCAT = 7,
  STORAGE_INTERLEAVE = 8,
  STORAGE_LAYER = 9,
  STORAGE_REMAP = 10,
  STORAGE_COPY = 11
};
#define STORAGE_MUTATED 0x1 /* flag: stored otherwise than read */


#include <mach/task_info.h>
#include <mach/thread_info.h>

/* proc_getprocinfo: what is wanted.  */
#define PI_FETCH_TASKINFO 0x01
#define PI_FETCH_THREADS 0x02
#define PI_FETCH_THREAD_BASIC 0x04
#define PI_FETCH_THREAD_SCHED 0x08
#define PI_FETCH_THREAD_WAITS 0x10
#define PI_FETCH_TASKEVENTS 0x20

/* proc_getprocinfo: what comes, as an array of ints.  */
struct procinfo
{
  int state; /* PI_STOPPED and the like */
  uid_t owner;
  pid_t ppid;
  pid_t pgrp;
  pid_t session;
  pid_t logincollection;
  int exitstatus;
  int sigcode;
  int nthreads;
  struct task_basic_info taskinfo;
  struct task_events_info taskevents;
  struct
  {
    int died; /* the thread ended while it was looked at */
    mach_msg_id_t rpc_block;
    struct thread_basic_info pis_bi;
    struct thread_sched_info pis_si;
  } threadinfos[0]; /* nthreads of them */
};

#define PI_STOPPED 0x001
#define PI_EXECED 0x002
#define PI_WAITING 0x004
#define PI_ORPHAN 0x008 /* in an orphaned process group */
#define PI_NOMSG 0x010
#define PI_SESSLD 0x020
#define PI_NOTOWNED 0x040
#define PI_NOPARENT 0x080
#define PI_ZOMBIE 0x100
#define PI_TRACED 0x200
#define PI_GETMSG 0x400 /* waits in proc_getmsgport */
#define PI_LOGINLD 0x800


/* st_fstype and f_type.  */
#define FSTYPE_UFS 0x00
#define FSTYPE_NFS 0x01
#define FSTYPE_GFS 0x02
#define FSTYPE_LFS 0x03
#define FSTYPE_SYSV 0x04
#define FSTYPE_FTP 0x05
#define FSTYPE_TAR 0x06
#define FSTYPE_AR 0x07
#define FSTYPE_CPIO 0x08
#define FSTYPE_MSLOSS 0x09
#define FSTYPE_CPM 0x0a
#define FSTYPE_HFS 0x0b
#define FSTYPE_DTFS 0x0c
#define FSTYPE_GRFS 0x0d
#define FSTYPE_TERM 0x0e
#define FSTYPE_DEV 0x0f
#define FSTYPE_PROC 0x10
#define FSTYPE_IFSOCK 0x11
#define FSTYPE_AFS 0x12
#define FSTYPE_DFS 0x13
#define FSTYPE_PROC9 0x14
#define FSTYPE_SOCKET 0x15
#define FSTYPE_MISC 0x16
#define FSTYPE_EXT2FS 0x17
#define FSTYPE_HTTP 0x18
#define FSTYPE_MEMFS 0x19
#define FSTYPE_ISO9660 0x1a
#define FSTYPE_PCI 0x1b
#define FSTYPE_ACPI 0x1c


/* pci_get_dev_regions, pci_get_dev_rom.  */
struct pci_bar
{
  uint64_t base_addr;
  uint64_t size;
  unsigned is_IO : 1;
  unsigned is_prefetchable : 1;
  unsigned is_64 : 1;
};

struct pci_xrom_bar
{
  uint64_t base_addr;
  uint64_t size;
};

#endif
