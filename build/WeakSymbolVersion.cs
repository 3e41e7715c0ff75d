#if !NET
using System;
using System.IO;
#endif
using System.Text;

namespace LeNetServe.Build;

/// <summary>
/// Marks a symbol version that an ELF file needs as weak, so that the dynamic loader accepts a system library without it. The reason is in
/// docs/decisions/0001-weak-symbol-version.md. The file is compiled twice: as an MSBuild task (netstandard) and into the tests.
/// </summary>
public static class WeakSymbolVersion
{
    private const int VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const int WeakFlag = 2; // VER_FLG_WEAK

    /// <summary>Sets the flag in a 64-bit little-endian ELF image (Linux Standard Base 5.0, 10.7 "Symbol versioning").</summary>
    /// <param name="file">The whole file; changed in place.</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>The number of entries that were changed: 0 if the version is not needed or is weak already.</returns>
    /// <exception cref="InvalidDataException">The file is not such an ELF file, or a table lies outside of it.</exception>
    public static int Weaken(byte[] file, string version)
    {
        if (file.Length < 64 || file[0] != 0x7f || file[1] != 'E' || file[2] != 'L' || file[3] != 'F' || file[4] != 2 || file[5] != 1)
            throw new InvalidDataException(
                "not a 64-bit little-endian ELF file, expected the bytes 7F 45 4C 46 02 01 and a header of 64 bytes");
        var sections = Long(file, 0x28);
        var sectionSize = Short(file, 0x3a);
        var sectionCount = Short(file, 0x3c);
        var changed = 0;
        for (var index = 0; index < sectionCount; index++)
        {
            var section = sections + (long)index * sectionSize;
            Require(file, section, 64);
            if (Int(file, section + 4) == VersionNeedSection)
                changed += WeakenNeeds(file, section, Long(file, sections + Int(file, section + 0x28) * (long)sectionSize + 0x18), version);
        }
        return changed;
    }

    private static int WeakenNeeds(byte[] file, long section, long names, string version)
    {
        var changed = 0;
        var need = Long(file, section + 0x18);
        for (var left = Int(file, section + 0x2c); left > 0; left--)
        {
            var entry = need + Int(file, need + 8);
            for (var entries = Short(file, need + 2); entries > 0; entries--)
            {
                var flags = Short(file, entry + 4);
                if ((flags & WeakFlag) == 0 && NameIs(file, names + Int(file, entry + 8), version))
                {
                    file[entry + 4] |= WeakFlag;
                    changed++;
                }
                entry += Int(file, entry + 12);
            }
            need += Int(file, need + 12);
        }
        return changed;
    }

    private static bool NameIs(byte[] file, long offset, string name)
    {
        var expected = Encoding.ASCII.GetBytes(name + "\0");
        Require(file, offset, expected.Length);
        for (var index = 0; index < expected.Length; index++)
            if (file[offset + index] != expected[index])
                return false;
        return true;
    }

    private static int Short(byte[] file, long offset)
    {
        Require(file, offset, 2);
        return BitConverter.ToUInt16(file, (int)offset);
    }

    private static int Int(byte[] file, long offset)
    {
        Require(file, offset, 4);
        return BitConverter.ToInt32(file, (int)offset);
    }

    private static long Long(byte[] file, long offset)
    {
        Require(file, offset, 8);
        return BitConverter.ToInt64(file, (int)offset);
    }

    private static void Require(byte[] file, long offset, int count)
    {
        if (offset < 0 || offset > file.Length - count)
            throw new InvalidDataException(
                "truncated ELF file: " + count + " bytes wanted at offset " + offset + ", the file has " + file.Length);
    }
}

#if !NET
/// <summary>The task: writes a changed copy and leaves the source alone, which may be hard-linked to a shared cache.</summary>
public sealed class WeakenSymbolVersion : Microsoft.Build.Utilities.Task
{
    /// <summary>The file to read.</summary>
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    /// <summary>The copy to write.</summary>
    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    /// <summary>The version's name.</summary>
    [Microsoft.Build.Framework.Required]
    public string Version { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var file = File.ReadAllBytes(Source);
        try
        {
            WeakSymbolVersion.Weaken(file, Version);
        }
        catch (InvalidDataException exception)
        {
            Log.LogError("{0}: {1}", Source, exception.Message);
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.Delete(Destination);
        File.WriteAllBytes(Destination, file);
        return true;
    }
}
#endif
