"""run_in_wasmtime.py KERNEL OPTIMISATION CASE...: prints the SHA-256 of what each case draws; draw-case.mjs in Python."""

import ctypes
import hashlib
import json
import struct
import sys
from pathlib import Path

from wasmtime import Config, Engine, Func, Instance, Limits, MemoryType, Module, SharedMemory, Store
from wasmtime import _ffi as ffi

PAGE_BYTES = 65_536
FLOAT_BYTES = 4
BLOCK_STEPS = 64
ROW_BLOCKS = 8


class ImportableMemory(SharedMemory):
    """A shared memory that an instance can import: wasmtime 50.0.1 wraps the pointer once too often."""

    def _as_extern(self) -> ffi.wasmtime_extern_t:
        union = ffi.wasmtime_extern_union(sharedmemory=self.ptr())
        return ffi.wasmtime_extern_t(ffi.WASMTIME_EXTERN_SHAREDMEMORY, union)


def draw_case(engine: Engine, module: Module, folder: Path) -> str:
    """The hash of bins, entropies, the last state and the last codes."""
    about = json.loads((folder / "about.json").read_text())
    image = (folder / "image.bin").read_bytes()
    inputs = (folder / "inputs.bin").read_bytes()
    fields, blocks, state_bytes = about["fields"], about["blocks"], about["stateFloats"] * FLOAT_BYTES
    pages = -(-len(image) // PAGE_BYTES)
    memory = ImportableMemory(engine, MemoryType(Limits(pages, pages + 16), shared=True))
    store = Store(engine)
    instance = Instance(store, module, [memory])
    exports = instance.exports(store)

    def call(name: str, *arguments: int) -> int:
        function = exports[name]
        assert isinstance(function, Func)
        return function(store, *arguments)

    sizes = about["sizes"]
    names = ("width", "hidden", "levels", "priorWidth", "entered", "bands")
    voice_bytes = call("voiceBytes", *(sizes[name] for name in names))
    region = memory.grow(-(-voice_bytes // PAGE_BYTES)) * PAGE_BYTES
    base = ctypes.addressof(memory.data_ptr().contents)
    ctypes.memmove(base, image, len(image))
    ctypes.memmove(base + region + fields["state"], inputs[:state_bytes], state_bytes)
    block_bytes = BLOCK_STEPS * FLOAT_BYTES
    code_bytes = sizes["levels"] * FLOAT_BYTES
    latent_at = base + region + fields["state"] + state_bytes
    codes_at = latent_at + sizes["bands"] * FLOAT_BYTES
    codes = about.get("codes", [])
    ctypes.memmove(codes_at, struct.pack(f"<{len(codes)}f", *codes), len(codes) * FLOAT_BYTES)
    given = state_bytes + 4 * blocks * block_bytes
    bins, entropies = bytearray(), bytearray()
    for block in range(blocks):
        if sizes["levels"] and block % ROW_BLOCKS == 0:
            if block > 0:
                ctypes.memmove(codes_at, ctypes.string_at(codes_at + code_bytes, 2 * code_bytes), 2 * code_bytes)
            for at, length in (
                (base + region + fields["codeTemperature"], FLOAT_BYTES),
                (base + region + fields["codeStrength"], FLOAT_BYTES),
                (base + region + fields["codeUniform"], 2 * code_bytes),
                (latent_at, sizes["bands"] * FLOAT_BYTES),
            ):
                ctypes.memmove(at, inputs[given : given + length], length)
                given += length
            call("drawRow", about["table"], region, 1, 0)
        for place, name in enumerate(("temperature", "uniform", "strength", "guide")):
            begin = state_bytes + (place * blocks + block) * block_bytes
            ctypes.memmove(base + region + fields[name], inputs[begin : begin + block_bytes], block_bytes)
        if sizes["levels"]:
            call("drawBlockUnderCodes", about["table"], region, 1, 0, block % ROW_BLOCKS)
        else:
            call("drawBlock", about["table"], region, 1, 0)
        bins += ctypes.string_at(base + region + fields["drawnBytes"], BLOCK_STEPS)
        entropies += ctypes.string_at(base + region + fields["entropy"], block_bytes)
    state = ctypes.string_at(base + region + fields["state"], state_bytes)
    last_codes = ctypes.string_at(codes_at + code_bytes, 2 * code_bytes)
    return hashlib.sha256(bytes(bins) + bytes(entropies) + state + last_codes).hexdigest()


def main() -> None:
    """Reads the arguments."""
    kernel, optimisation, *cases = sys.argv[1:]
    config = Config()
    config.wasm_threads = True
    config.shared_memory = True
    config.cranelift_opt_level = optimisation
    engine = Engine(config)
    module = Module(engine, Path(kernel).read_bytes())
    for case in cases:
        print(draw_case(engine, module, Path(case)), flush=True)


main()
