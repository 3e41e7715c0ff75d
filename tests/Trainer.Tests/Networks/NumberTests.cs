using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using LeNetServe.Trainer.Networks;

namespace LeNetServe.Trainer.Tests.Networks;

public sealed class NumberTests
{
    [Fact]
    public void Of_ManyNumbers_KeepsTheNewestAlive()
    {
        var numbers = Enumerable.Range(0, 64).Select(value => new WeakReference(Number.Of(value))).ToArray();

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.All(numbers, number => Assert.True(number.IsAlive));
    }

    /// <summary>A number that C# converts in passing may be freed while torch reads it.</summary>
    [Fact]
    public void Trainer_NumbersForTorch_AreNeverConvertedInPassing()
    {
        using var file = File.OpenRead(typeof(Number).Assembly.Location);
        using var assembly = new PEReader(file);
        var metadata = assembly.GetMetadataReader();

        var conversions = metadata.MemberReferences.Select(metadata.GetMemberReference).Where(member => metadata.StringComparer.Equals(member.Name, "op_Implicit"))
            .Where(member => member.Parent.Kind == HandleKind.TypeReference && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name, "Scalar"));

        Assert.Empty(conversions);
    }
}
