/* bare.c -- what only the first task on GNU Mach does
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/bare.h"

#include <device/device.h>
#include <device/device_types.h>
#include <mach/mach_host.h>
#include <string.h>

#define READ_CHUNK (4 * 1024 * 1024) /* bytes in one device_read */

void
bare_say (mach_port_t device_master, const char *text)
{
  cleanup_send mach_port_t console = MACH_PORT_NULL;
  size_t left = strlen (text);

  if (device_open (device_master, D_WRITE, "console", &console))
    return;
  while (left)
    {
      int size = left < IO_INBAND_MAX ? left : IO_INBAND_MAX;
      int written = 0;

      if (device_write_inband (console, 0, 0, text, size, &written)
          || written <= 0)
        return;
      text += written;
      left -= written;
    }
}

/* The device's size in bytes and the size of its records.  */
static error_t
device_sizes (mach_port_t device, vm_size_t *ret_size, vm_size_t *ret_record)
{
  int status[DEV_GET_SIZE_COUNT];
  mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
  error_t err = device_get_status (device, DEV_GET_SIZE, status, &count);

  if (err)
    return err;
  *ret_size = (unsigned int)status[DEV_GET_SIZE_DEVICE_SIZE];
  *ret_record = (unsigned int)status[DEV_GET_SIZE_RECORD_SIZE];
  return *ret_record ? 0 : EIO;
}

static error_t
device_copy (mach_port_t device, vm_address_t to, vm_size_t size,
             vm_size_t record)
{
  for (vm_size_t done = 0; done < size;)
    {
      vm_size_t want = size - done < READ_CHUNK ? size - done : READ_CHUNK;
      io_buf_ptr_t data;
      mach_msg_type_number_t got;
      error_t err = device_read (device, 0, done / record, want, &data, &got);

      if (err)
        return err;
      if (got == 0)
        return EIO;
      memcpy ((char *)to + done, data, got);
      (void)vm_deallocate (mach_task_self (), (vm_address_t)data, got);
      done += got;
    }
  return 0;
}

error_t
bare_read_archive (mach_port_t device_master, const char *name,
                   struct vm_piece *ret_archive)
{
  cleanup_send mach_port_t device = MACH_PORT_NULL;
  vm_size_t size, record;
  vm_address_t address = 0;
  error_t err = device_open (device_master, D_READ, (char *)name, &device);

  if (err)
    return err;
  err = device_sizes (device, &size, &record);
  if (!err)
    err = vm_allocate (mach_task_self (), &address, size, TRUE);
  if (err)
    return err;
  err = device_copy (device, address, size, record);
  if (err)
    {
      (void)vm_deallocate (mach_task_self (), address, size);
      return err;
    }
  *ret_archive = (struct vm_piece){ address, size };
  return 0;
}

void
bare_wire_thread (mach_port_t host_priv)
{
  cleanup_send mach_port_t thread = mach_thread_self ();

  if (MACH_PORT_VALID (host_priv))
    (void)thread_wire (host_priv, thread, TRUE);
}

void
bare_reboot (mach_port_t host_priv)
{
  (void)host_reboot (host_priv, 0);
  for (;;)
    (void)task_terminate (mach_task_self ());
}
