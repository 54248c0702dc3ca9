/* The page that a reader and an I/O server share (io_map_cntl).
   SPDX-License-Identifier: GPL-2.0-or-later

   Nothing of ours serves such pages; the layout is here for programs that
   include it.  Who holds the conch may read and move the file pointers; the
   server takes the conch like any other user.  */

#ifndef _HURD_SHARED_H
#define _HURD_SHARED_H

#include <pthread.h>
#include <sys/types.h>

struct shared_io
{
  int shared_page_magic;
  pthread_spinlock_t lock; /* guards conch_status, nothing else */

  enum
  {
    USER_HAS_CONCH,
    USER_COULD_HAVE_CONCH,
    USER_RELEASE_CONCH, /* holds it and is asked to let go */
    USER_HAS_NOT_CONCH,
  } conch_status;

  /* Written by the server only.  */
  int append_mode;
  int eof_notify;
  int do_sigio;
  int use_file_size;
  int use_read_size;
  loff_t read_size;
  blksize_t optimal_transfer_size;
  enum
  {
    RBR_NO_DATA,
    RBR_BUFFER_FULL,
  } read_block_reason;
  int seekable;
  int use_prenotify_size;
  int use_postnotify_size;
  int use_readnotify_size;
  loff_t prenotify_size;
  loff_t postnotify_size;
  loff_t readnotify_size;

  /* Written by whoever holds the conch.  One pointer when the two memory
     objects are the same (xx), else one for each; unused ones are -1.  */
  loff_t rd_file_pointer;
  loff_t wr_file_pointer;
  loff_t xx_file_pointer;
  loff_t file_size;
  int written;
  int accessed;

  /* Records, for objects that keep message boundaries.  */
  int indexes_changed;
  int use_structure;
  struct iomap_structure
  {
    int file_pointer_start;
    int object_start;
    int auxil_length;
    int data_length;
  } structure[0];
};

#define SHARED_PAGE_MAGIC 0xaabbccdd

#endif
