using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using LeNetServe.Trainer.Computing;

namespace LeNetServe.Trainer.Tests.Computing;

public sealed class NumberTests : IDisposable
{
    private readonly PEReader assembly = new(File.OpenRead(typeof(Number).Assembly.Location));

    public void Dispose() => assembly.Dispose();

    [Fact]
    public void Of_ManyNumbers_KeepsTheNewestAlive()
    {
        var numbers = Enumerable.Range(0, 65).Select(value => new WeakReference(Number.Of(value))).ToArray();

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.False(numbers[0].IsAlive);
        Assert.All(numbers[1..], number => Assert.True(number.IsAlive));
    }

    /// <summary>A number that is made in passing may be freed while torch reads it.</summary>
    [Fact]
    public void Trainer_NumbersForTorch_AreMadeInOnePlace()
    {
        var makers = Methods().Where(method => method.Type is "Scalar" or "ScalarExtensionMethods").Select(method => method.Name);

        Assert.Equal(["ToScalar"], makers);
    }

    /// <summary>Without a factor TorchSharp makes the factor 1 in passing.</summary>
    [Fact]
    public void Trainer_Sums_HaveAFactor() =>
        Assert.DoesNotContain(Methods(),
            method => method is { Type: "Tensor", Name: "op_Addition" } or { Type: "Tensor", Name: "add" or "add_", Parameters: 1 });

    /// <summary>TorchSharp's optimizers make each of their numbers in passing.</summary>
    [Fact]
    public void Trainer_Optimizers_AreItsOwn() =>
        Assert.DoesNotContain(Methods(), method => method.Type is "optim" or "Optimizer" or "OptimizerHelper");

    /// <summary>The methods of other assemblies that the Trainer calls.</summary>
    private IEnumerable<(string Type, string Name, int Parameters)> Methods()
    {
        var metadata = assembly.GetMetadataReader();
        foreach (var member in metadata.MemberReferences.Select(metadata.GetMemberReference))
        {
            if (member.GetKind() != MemberReferenceKind.Method || member.Parent.Kind != HandleKind.TypeReference)
                continue;
            var signature = metadata.GetBlobReader(member.Signature);
            if (signature.ReadSignatureHeader().IsGeneric)
                signature.ReadCompressedInteger();
            yield return (
                metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name),
                metadata.GetString(member.Name),
                signature.ReadCompressedInteger());
        }
    }
}
