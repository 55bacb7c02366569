/*
 * A plugin of QEMU (version 1 of its interface) that finds loads and stores of less than 32 bits in an address range.
 * On an ESP8266 such an access to flash or IRAM is a fault; QEMU's core allows it.
 *
 *     -plugin narrow.so,from=0x40000000,to=0x40400000,out=FILE
 *
 * FILE gets one line for each instruction that did it: address of the instruction, of its last access, how often.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of qemu-plugin.h, which no package has without QEMU's sources */
typedef uint64_t plugin_id;
typedef uint32_t memory_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*callback)(plugin_id, struct qemu_plugin_tb*));
void qemu_plugin_register_atexit_cb(plugin_id id, void (*callback)(plugin_id, void*), void* argument);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn* instruction);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn* instruction,
									  void (*callback)(unsigned, memory_info, uint64_t, void*), int flags, int access,
									  void* argument);
unsigned qemu_plugin_mem_size_shift(memory_info info);

enum { NO_REGISTERS = 0, READ_AND_WRITE = 3, WORD_SHIFT = 2 };

#define PLACES 4096

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static struct {
	uint64_t instruction, address, count;
} places[PLACES];
static uint64_t from, to;
static char output[4096];

static void on_access(unsigned cpu, memory_info info, uint64_t address, void* argument)
{
	(void)cpu;
	if(address < from || address >= to || qemu_plugin_mem_size_shift(info) >= WORD_SHIFT) {
		return;
	}
	uint64_t instruction = (uint64_t)(uintptr_t)argument;
	for(size_t i = 0; i < PLACES; ++i) {
		size_t at = (instruction + i) % PLACES;
		if(places[at].count == 0 || places[at].instruction == instruction) {
			places[at].instruction = instruction;
			places[at].address = address;
			++places[at].count;
			return;
		}
	}
}

static void on_translation(plugin_id id, struct qemu_plugin_tb* block)
{
	(void)id;
	size_t count = qemu_plugin_tb_n_insns(block);
	for(size_t i = 0; i < count; ++i) {
		struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
		void* address = (void*)(uintptr_t)qemu_plugin_insn_vaddr(instruction);
		qemu_plugin_register_vcpu_mem_cb(instruction, on_access, NO_REGISTERS, READ_AND_WRITE, address);
	}
}

static void on_exit_of_qemu(plugin_id id, void* argument)
{
	(void)id;
	(void)argument;
	FILE* file = fopen(output, "w");
	if(file == NULL) {
		return;
	}
	for(size_t i = 0; i < PLACES; ++i) {
		if(places[i].count != 0) {
			fprintf(file, "%08llx %08llx %llu\n", (unsigned long long)places[i].instruction,
					(unsigned long long)places[i].address, (unsigned long long)places[i].count);
		}
	}
	fclose(file);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void* info, int argc, char** argv)
{
	(void)info;
	for(int i = 0; i < argc; ++i) {
		if(strncmp(argv[i], "from=", 5) == 0) {
			from = strtoull(argv[i] + 5, NULL, 0);
		} else if(strncmp(argv[i], "to=", 3) == 0) {
			to = strtoull(argv[i] + 3, NULL, 0);
		} else if(strncmp(argv[i], "out=", 4) == 0) {
			snprintf(output, sizeof(output), "%s", argv[i] + 4);
		}
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
